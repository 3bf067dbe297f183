package dev.keyway.gateway.sdk;

class StatefunJavaScriptIT extends StatefunSdkIT {
    StatefunJavaScriptIT() {
        super(StatefunSdk.JAVASCRIPT);
    }
}
