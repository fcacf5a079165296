package io.cornucopia.http;

import io.cornucopia.access.Permission;
import io.cornucopia.access.Principal;
import io.cornucopia.bus.Actor;
import io.cornucopia.bus.Addresses;
import io.cornucopia.bus.ClusterAnswer;
import io.cornucopia.bus.ClusterQuery;
import io.cornucopia.bus.FailureException;
import io.cornucopia.bus.ManageAnswer;
import io.cornucopia.bus.ManageQuery;
import io.cornucopia.bus.ManageQuery.Target;
import io.cornucopia.bus.OwnProjectsAnswer.OwnProject;
import io.cornucopia.bus.OwnProjectsQuery;
import io.cornucopia.core.DistributionFilename;
import io.cornucopia.core.ProjectName;
import io.cornucopia.core.ProjectStatus;
import io.cornucopia.core.Yank;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** {@code /api/}: yanking, deleting and the status of projects, and who is in the cluster, in JSON (docs/api.md). */
final class ApiRequests {
    private static final CharSequence JSON = HttpHeaders.createOptimized("application/json");
    private static final String PROJECTS = "projects";
    private static final String CLUSTER = "cluster";

    private final Vertx vertx;
    private final Guard guard;

    /** What a path is about: the methods that it has, and what they come to. */
    private record Resource(ProjectName project, Set<HttpMethod> methods, Interpretation interpretation) {}

    /** Makes a question of a request to a resource. */
    private interface Interpretation {
        ManageQuery query(HttpMethod method, Actor actor, ApiBody body) throws UnacceptableFormException;
    }

    ApiRequests(Vertx vertx, Guard guard) {
        this.vertx = vertx;
        this.guard = guard;
    }

    /** @param rest what follows {@code /api/} */
    void handle(Exchange exchange, String rest) {
        exchange.request().pause();
        if (rest.equals(PROJECTS)) {
            list(exchange, principal -> listProjects(exchange, principal));
            return;
        }
        if (rest.equals(CLUSTER)) {
            list(exchange, principal -> listNodes(exchange));
            return;
        }
        Optional<Resource> resource = resource(rest);
        if (resource.isEmpty()) {
            Refusal.ofApi(exchange, 404, "There is no such path in the API; docs/api.md lists those that there are");
        } else if (!resource.get().methods().contains(exchange.request().method())) {
            methodNotAllowed(
                    exchange,
                    resource.get().methods().stream()
                            .map(HttpMethod::name)
                            .sorted()
                            .toList());
        } else {
            guard.admit(exchange, principal -> admitted(exchange, principal, resource.get()), Refusal::ofApi);
        }
    }

    private static Optional<Resource> resource(String rest) {
        List<Optional<String>> decoded =
                Arrays.stream(rest.split("/", -1)).map(PathSegment::decode).toList();
        if (decoded.stream()
                .anyMatch(segment -> segment.isEmpty() || segment.get().isEmpty())) {
            return Optional.empty();
        }
        List<String> segments = decoded.stream().map(Optional::get).toList();
        if (segments.size() < 3 || !segments.get(0).equals(PROJECTS)) {
            return Optional.empty();
        }
        Optional<ProjectName> project = ProjectName.parse(segments.get(1));
        if (project.isEmpty()) {
            return Optional.empty();
        }
        if (segments.size() == 3) {
            return segments.get(2).equals("status") ? Optional.of(status(project.get())) : Optional.empty();
        }
        Optional<Target> target = target(segments.get(2), segments.get(3));
        if (target.isEmpty() || segments.size() > 5) {
            return Optional.empty();
        }
        if (segments.size() == 4) {
            return Optional.of(new Resource(
                    project.get(),
                    Set.of(HttpMethod.DELETE),
                    (method, actor, body) -> new ManageQuery.Delete(actor, project.get(), target.get())));
        }
        return segments.get(4).equals("yank") ? Optional.of(yank(project.get(), target.get())) : Optional.empty();
    }

    private static Optional<Target> target(String kind, String name) {
        return switch (kind) {
            case "releases" -> Optional.of(new Target.Release(name));
            case "files" ->
                Optional.of(name).filter(DistributionFilename::isSafe).map(Target.File::new);
            default -> Optional.empty();
        };
    }

    private static Resource yank(ProjectName project, Target target) {
        return new Resource(project, Set.of(HttpMethod.PUT, HttpMethod.DELETE), (method, actor, body) -> {
            if (method.equals(HttpMethod.DELETE)) {
                return new ManageQuery.SetYank(actor, project, target, Optional.empty());
            }
            body.allow(Set.of("reason"));
            Yank yank = new Yank(body.reason().orElse(""));
            return new ManageQuery.SetYank(actor, project, target, Optional.of(yank));
        });
    }

    private static Resource status(ProjectName project) {
        return new Resource(project, Set.of(HttpMethod.PUT), (method, actor, body) -> {
            body.allow(Set.of("status", "reason"));
            return new ManageQuery.SetStatus(actor, project, new ProjectStatus(body.marker(), body.reason()));
        });
    }

    private void admitted(Exchange exchange, Principal principal, Resource resource) {
        if (!principal.may(Permission.MANAGE, resource.project())) {
            Refusal.ofApi(
                    exchange,
                    403,
                    "The token " + principal.name() + " may not manage the project " + resource.project());
            return;
        }
        Actor actor = new Actor(principal, exchange.clientAddress());
        ApiBody.read(exchange, body -> {
            try {
                ask(exchange, resource.interpretation().query(exchange.request().method(), actor, body));
            } catch (UnacceptableFormException e) {
                Refusal.ofApi(exchange, e.status(), e.getMessage());
            }
        });
    }

    private void ask(Exchange exchange, ManageQuery query) {
        Addresses.MANAGE.ask(vertx, query).onComplete(answer -> {
            if (exchange.isFinished()) {
                return;
            }
            if (answer.failed()) {
                Refusal.ofApi(exchange, FailureException.of(answer.cause()));
            } else {
                send(exchange, told(query, answer.result()));
            }
        });
    }

    private static JsonObject told(ManageQuery query, ManageAnswer answer) {
        JsonObject told = new JsonObject().put("project", query.project().value());
        return query instanceof ManageQuery.SetStatus set
                ? told.put("status", set.status().marker().wireName())
                : told.put("files", new JsonArray(answer.filenames()));
    }

    private void list(Exchange exchange, Consumer<Principal> in) {
        HttpMethod method = exchange.request().method();
        if (!method.equals(HttpMethod.GET) && !method.equals(HttpMethod.HEAD)) {
            methodNotAllowed(exchange, List.of("GET", "HEAD"));
            return;
        }
        guard.admit(
                exchange,
                principal -> {
                    if (principal.may(Permission.MANAGE)) {
                        exchange.request().resume();
                        in.accept(principal);
                    } else {
                        Refusal.ofApi(exchange, 403, "The token " + principal.name() + " may not manage any project");
                    }
                },
                Refusal::ofApi);
    }

    private void listProjects(Exchange exchange, Principal principal) {
        Addresses.OWN_PROJECTS.ask(vertx, new OwnProjectsQuery()).onComplete(answer -> {
            if (exchange.isFinished()) {
                return;
            }
            if (answer.failed()) {
                Refusal.ofApi(exchange, FailureException.of(answer.cause()));
                return;
            }
            List<JsonObject> listed = answer.result().projects().stream()
                    .filter(project -> principal.may(Permission.MANAGE, project.name())
                            || principal.may(Permission.READ, project.name()))
                    .map(ApiRequests::told)
                    .toList();
            send(exchange, new JsonObject().put("projects", new JsonArray(listed)));
        });
    }

    private static JsonObject told(OwnProject project) {
        return new JsonObject()
                .put("name", project.name().value())
                .put("origin", project.origin().name().toLowerCase(Locale.ROOT))
                .put("by-rule", project.byRule())
                .put("hides-upstream", project.hidesUpstream())
                .put("status", project.status().marker().wireName())
                .put("files", project.files());
    }

    private void listNodes(Exchange exchange) {
        Addresses.CLUSTER.ask(vertx, new ClusterQuery()).onComplete(answer -> {
            if (exchange.isFinished()) {
                return;
            }
            if (answer.failed()) {
                Refusal.ofApi(exchange, FailureException.of(answer.cause()));
                return;
            }
            List<JsonObject> listed =
                    answer.result().nodes().stream().map(ApiRequests::told).toList();
            send(exchange, new JsonObject().put("name", answer.result().name()).put("members", new JsonArray(listed)));
        });
    }

    private static JsonObject told(ClusterAnswer.Node node) {
        return new JsonObject()
                .put("address", node.address().orElse(null))
                .put("internal", node.internal().orElse(null))
                .put("version", node.version())
                .put("self", node.self())
                .put("in_flight", node.inFlight().isPresent() ? node.inFlight().getAsInt() : null);
    }

    private static void send(Exchange exchange, JsonObject answer) {
        exchange.begin(200)
                .putHeader(HttpHeaders.CONTENT_TYPE, JSON)
                .putHeader(HttpHeaders.CACHE_CONTROL, Exchange.NO_STORE);
        exchange.end(answer.toBuffer());
    }

    private static void methodNotAllowed(Exchange exchange, List<String> allowed) {
        exchange.response().putHeader(HttpHeaders.ALLOW, String.join(", ", allowed));
        Refusal.ofApi(exchange, 405, "Method not allowed");
    }
}
