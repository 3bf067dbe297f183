import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** A Virtual Object "Counter" with a handler "add": POST /Counter/{key}/add, one call at a time per key. */
public class Counter {
    public static void main(String[] args) {
        Map<String, Integer> counts = new HashMap<>();
        Vertx.vertx()
                .createHttpServer()
                .requestHandler(request -> request.body().onSuccess(event -> {
                    String[] path = request.path().split("/");
                    HttpServerResponse response = request.response();
                    if (path.length != 4 || !path[1].equals("Counter") || !path[3].equals("add")) {
                        response.setStatusCode(404).end();
                        return;
                    }
                    String key = URLDecoder.decode(path[2], StandardCharsets.UTF_8);
                    int count = counts.merge(key, new JsonObject(event).getInteger("n"), Integer::sum);
                    System.out.println(key + ": " + count);
                    response.putHeader("content-type", "application/json").end(String.valueOf(count));
                }))
                .listen(Integer.parseInt(System.getenv().getOrDefault("PORT", "9080")), "127.0.0.1")
                .onSuccess(server -> System.out.println("listening on " + server.actualPort()));
    }
}
