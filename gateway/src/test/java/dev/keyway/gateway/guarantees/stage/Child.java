package dev.keyway.gateway.guarantees.stage;

import dev.keyway.gateway.cli.Main;
import java.io.IOException;

/** The product's main class in a process that ends with its parent, whatever becomes of that. */
final class Child {
    private Child() {}

    public static void main(String[] args) {
        Daemon.start("parent-watch", Child::haltWithParent);
        Main.main(args);
    }

    private static void haltWithParent() {
        try {
            while (System.in.read() >= 0) {
                continue;
            }
        } catch (IOException e) {
            // The same: nobody holds the other end any more.
            Runtime.getRuntime().halt(1);
        }
        Runtime.getRuntime().halt(1);
    }
}
