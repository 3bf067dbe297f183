package dev.keyway.benchmarks.soak;

import dev.keyway.gateway.cli.Main;
import java.io.IOException;

/** Keyway's own entry point, and an end without ceremony when the run that started it has ended. */
final class KeywayMain {
    private KeywayMain() {}

    public static void main(String[] args) {
        Thread tether = new Thread(KeywayMain::awaitEndOfInput, "soak-tether");
        tether.setDaemon(true);
        tether.start();
        Main.main(args);
    }

    private static void awaitEndOfInput() {
        try {
            while (System.in.read() >= 0) {
                continue;
            }
        } catch (IOException e) {
            System.err.println("standard input is broken: " + e);
        }
        Runtime.getRuntime().halt(137);
    }
}
