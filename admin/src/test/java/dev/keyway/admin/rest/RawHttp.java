package dev.keyway.admin.rest;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Requests as bytes, so that nothing that a client library would refuse to send is left out. */
final class RawHttp {
    private static final int PATIENCE_MILLIS = 120_000;

    private RawHttp() {}

    /** One request on a connection of its own; the path goes out as Latin-1. */
    static Answer send(int port, String method, String path, String contentType, byte[] body) {
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        request.writeBytes((method + " " + path + " HTTP/1.1\r\nhost: h\r\nconnection: close\r\n"
                        + (contentType == null ? "" : "content-type: " + contentType + "\r\n")
                        + "content-length: " + body.length + "\r\n\r\n")
                .getBytes(StandardCharsets.ISO_8859_1));
        request.writeBytes(body);
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.getOutputStream().write(request.toByteArray());
            return Answer.read(socket.getInputStream().readAllBytes());
        } catch (IOException e) {
            throw new AssertionError(method + " " + path + " got no answer", e);
        }
    }

    record Answer(int status, String head, String body) {

        static Answer read(byte[] bytes) {
            String text = new String(bytes, StandardCharsets.UTF_8);
            int end = text.indexOf("\r\n\r\n");
            if (!text.startsWith("HTTP/1.") || end < 0) {
                throw new AssertionError("not an answer: '" + text + "'");
            }
            return new Answer(Integer.parseInt(text.substring(9, 12)), text.substring(0, end), text.substring(end + 4));
        }
    }
}
