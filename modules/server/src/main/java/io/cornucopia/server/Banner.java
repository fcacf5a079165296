package io.cornucopia.server;

import io.cornucopia.http.AccessLog;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;

/** What is printed once the server is ready: lines for people, or one object for machines. */
final class Banner {
    private Banner() {}

    static void print(Settings settings, int port, PrintWriter out) {
        String host = settings.get(Keys.HOST);
        boolean everywhere = host.equals("0.0.0.0") || host.equals("::");
        String name = everywhere ? "localhost" : host.contains(":") ? "[" + host + "]" : host;
        String base = (settings.tls().isPresent() ? "https://" : "http://") + name + ":" + port
                + settings.get(Keys.BASE_PATH);
        String index = base + "/simple/";
        String publish = base + "/legacy/";
        if (settings.get(Keys.LOG_FORMAT) == AccessLog.Format.JSON) {
            JsonObject ready = new JsonObject()
                    .put("event", "ready")
                    .put("version", Cornucopia.Version.number())
                    .put("listening", host + ":" + port)
                    .put("upstream", settings.get(Keys.UPSTREAM_URL).toString())
                    .put("offline", settings.get(Keys.OFFLINE))
                    .put("cache", settings.cacheDirectory().toString())
                    .put("index_url", index);
            if (settings.uploadsAreOn()) {
                ready.put("uploads", settings.uploadStore().toString()).put("upload_url", publish);
            }
            out.println(ready.encode());
        } else {
            out.println("Cornucopia " + Cornucopia.Version.number());
            out.println("  listening on  " + host + ":" + port);
            out.println("  upstream      " + settings.get(Keys.UPSTREAM_URL)
                    + (settings.get(Keys.OFFLINE) ? " (offline: never asked)" : ""));
            out.println("  cache         " + settings.cacheDirectory());
            if (settings.uploadsAreOn()) {
                out.println("  uploads       " + settings.uploadStore());
            }
            out.println("  use it with   pip install --index-url " + index + " PACKAGE");
            if (settings.uploadsAreOn()) {
                out.println("  publish with  twine upload --repository-url " + publish + " FILES");
            }
        }
        out.flush();
    }
}
