package dev.keyway.benchmarks.load;

import java.io.IOException;
import java.io.OutputStream;

/** Functions as their tests run them, which also end when standard input is closed: no load run leaves them behind. */
final class FunctionsMain {
    private FunctionsMain() {}

    /** @param args the main class of the functions */
    public static void main(String[] args) throws ReflectiveOperationException {
        Thread watch = new Thread(FunctionsMain::endWithParent, "parent-watch");
        watch.setDaemon(true);
        watch.start();
        Class.forName(args[0]).getMethod("main", String[].class).invoke(null, (Object) new String[0]);
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
