package dev.keyway.benchmarks.load;

import dev.keyway.gateway.cli.Main;
import java.io.IOException;
import java.io.OutputStream;

/** The gateway's own main class, which also ends when standard input is closed: no load run leaves one behind. */
final class GatewayMain {
    private GatewayMain() {}

    public static void main(String[] args) {
        Thread watch = new Thread(GatewayMain::endWithParent, "parent-watch");
        watch.setDaemon(true);
        watch.start();
        Main.main(args);
    }

    private static void endWithParent() {
        try {
            System.in.transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            // A broken pipe says the same as its end.
        }
        System.exit(0);
    }
}
