package dev.keyway.gateway.sdk;

/** {@link RestateSdkIT} with services written in Java. */
class JavaSdkIT extends RestateSdkIT {
    JavaSdkIT() {
        super(Sdk.JAVA);
    }
}
