package dev.keyway.gateway.sdk;

/** {@link RestateSdkIT} with services written in TypeScript. */
class TypeScriptSdkIT extends RestateSdkIT {
    TypeScriptSdkIT() {
        super(Sdk.TYPESCRIPT);
    }
}
