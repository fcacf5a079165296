package io.cornucopia.http;

import io.cornucopia.cluster.Announcements;
import io.cornucopia.http.Repeatable.Again;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPromise;
import io.netty.channel.FileRegion;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.impl.HttpServerConnection;
import io.vertx.core.internal.buffer.BufferInternal;
import io.vertx.core.net.impl.ShutdownEvent;
import io.vertx.core.net.impl.UncloseableFileRegion;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Answers what was asked on a connection in the very same bytes before, without parsing it again; everything else goes the
 * long way through Vert.x, and is learnt from. It sits before the parser, and so has to know that the parser stands between two
 * requests: it looks on only for as long as each read brings one whole request without a body, and never again afterwards.
 *
 * <p>For plain HTTP/1.1. Belongs to its connection's event loop.
 */
final class Repeater extends ChannelDuplexHandler {
    // Copied behind the head, a small body costs less than a second piece to write.
    private static final int MAX_COPIED = 16 * 1024;
    // For less the two system calls cost more than they save.
    private static final int MIN_CORKED = 512 * 1024;
    /** The option of the native transport; others do not know it, and pass it over. */
    private static final ChannelOption<Boolean> TCP_CORK =
            ChannelOption.valueOf("io.netty.channel.epoll.EpollChannelOption#TCP_CORK");

    private static final byte[] NOT_KEPT = new byte[0];
    private static final byte[] GET = "GET /".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] HEAD = "HEAD /".getBytes(StandardCharsets.US_ASCII);

    private final Surroundings surroundings;
    private final RepeatedAnswers answers;
    private final Announcements announcements;
    private final HttpConnection connection;
    private final String client;
    /** The request that is on the long way; null between two requests. */
    private byte[] onLongWay;

    private boolean lost;
    private boolean sending;
    /** By when, in terms of {@link System#nanoTime()}, what is being sent has to be finished if the server shuts down. */
    private long deadline = System.nanoTime();

    private Repeater(
            Surroundings surroundings,
            RepeatedAnswers answers,
            Announcements announcements,
            HttpConnection connection) {
        this.surroundings = surroundings;
        this.answers = answers;
        this.announcements = announcements;
        this.connection = connection;
        this.client = String.valueOf(connection.remoteAddress().hostAddress());
    }

    /** Sits down on {@code connection}, if that is one it can be used on, and nobody has to be asked for credentials. */
    static Optional<Repeater> on(
            HttpConnection connection,
            Surroundings surroundings,
            RepeatedAnswers answers,
            Announcements announcements) {
        if (connection.isSsl()
                || surroundings.settings().readers() == HttpSettings.Readers.TOKEN
                || !(connection instanceof HttpServerConnection server)) {
            return Optional.empty();
        }
        Repeater repeater = new Repeater(surroundings, answers, announcements, connection);
        server.channelHandlerContext().pipeline().addFirst("repeater", repeater);
        return Optional.of(repeater);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (!lost) {
            ByteBuf bytes = (ByteBuf) message;
            if (onLongWay != null || sending) {
                lost = true;
            } else if (repeat(context, bytes)) {
                bytes.release();
                return;
            } else if (isWholeHead(bytes)) {
                onLongWay = bytes.readableBytes() <= RepeatedAnswers.MAX_HEAD ? ByteBufUtil.getBytes(bytes) : NOT_KEPT;
            } else {
                lost = true;
            }
        }
        context.fireChannelRead(message);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof ShutdownEvent shutdown) {
            deadline = System.nanoTime() + shutdown.timeout().toNanos();
        }
        context.fireUserEventTriggered(event);
    }

    /** A server that shuts down takes the connection for idle while this sends: what is being sent is finished first. */
    @Override
    public void close(ChannelHandlerContext context, ChannelPromise promise) {
        long left = deadline - System.nanoTime();
        if (!sending || left <= 0) {
            context.close(promise);
            return;
        }
        Future<?> limit = context.executor().schedule(() -> context.close(), left, TimeUnit.NANOSECONDS);
        // Behind everything that was answered so far, by whomever.
        context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(sent -> {
            limit.cancel(false);
            context.close(promise);
        });
    }

    /** The request that came the long way is answered. */
    void answered(Exchange exchange) {
        if (lost) {
            return;
        }
        // Only once the parser has told the end of the request does it stand between two: it may expect a body where no
        // header says so, as with the handshake of old WebSockets.
        if (onLongWay == null || !exchange.request().isEnded() || !staysOpen(exchange)) {
            lost = true;
            return;
        }
        Optional<Repeatable> what = exchange.repeatable();
        if (what.isPresent() && onLongWay != NOT_KEPT && exchange.response().ended() && mayBeKept(exchange)) {
            answers.put(onLongWay, RepeatedAnswer.of(exchange, what.get()));
        }
        onLongWay = null;
    }

    private boolean repeat(ChannelHandlerContext context, ByteBuf head) {
        RepeatedAnswer answer = answers.get(head);
        if (answer == null || surroundings.readiness().isDraining() || !announcements.current()) {
            return false;
        }
        long started = System.nanoTime();
        Optional<Again> again = answer.what().again();
        if (again.isEmpty()) {
            answers.remove(head);
            return false;
        }
        sending = true;
        surroundings.connections().begun(connection);
        send(context, answer, again.get(), started);
        return true;
    }

    private void send(ChannelHandlerContext context, RepeatedAnswer answer, Again again, long started) {
        if (again instanceof Again.Bytes bytes) {
            FileRegion region = new StoredFileRegion(bytes.file(), bytes.from(), bytes.length());
            sendRegion(context, answer, again, region, started);
        } else if (again instanceof Again.Page page) {
            if (page.body() instanceof PageBytes.InFile file) {
                FileRegion region = new UncloseableFileRegion(file.channel(), 0, file.length());
                sendRegion(context, answer, again, region, started);
            } else if (page.body() instanceof PageBytes.InMemory memory) {
                sendBuffer(context, answer, again, memory.buffer(), started);
            }
        }
    }

    private void sendBuffer(
            ChannelHandlerContext context, RepeatedAnswer answer, Again again, Buffer buffer, long started) {
        ByteBuf body = ((BufferInternal) buffer).getByteBuf();
        int length = buffer.length();
        boolean isCopied = length <= MAX_COPIED;
        ByteBuf out = context.alloc().directBuffer(answer.maxHeadLength() + (isCopied ? length : 0));
        answer.writeHead(out, surroundings.date().value(), again);
        if (isCopied) {
            out.writeBytes(body, body.readerIndex(), length);
            done(context, context.writeAndFlush(out), answer, length, started);
        } else {
            context.write(out);
            done(context, context.writeAndFlush(body.retainedDuplicate()), answer, length, started);
        }
    }

    private void sendRegion(
            ChannelHandlerContext context, RepeatedAnswer answer, Again again, FileRegion region, long started) {
        long length = region.count();
        ByteBuf out = context.alloc().directBuffer(answer.maxHeadLength());
        answer.writeHead(out, surroundings.date().value(), again);
        if (length == 0) {
            region.release();
            done(context, context.writeAndFlush(out), answer, 0, started);
        } else {
            cork(context, length, true);
            context.write(out);
            done(context, context.writeAndFlush(region), answer, length, started);
        }
    }

    private void done(
            ChannelHandlerContext context, ChannelFuture sent, RepeatedAnswer answer, long length, long started) {
        if (sent.isDone()) {
            finish(context, sent, answer, length, started);
        } else {
            sent.addListener(done -> finish(context, sent, answer, length, started));
        }
    }

    private void finish(
            ChannelHandlerContext context, ChannelFuture sent, RepeatedAnswer answer, long length, long started) {
        sending = false;
        cork(context, length, false);
        surroundings.connections().ended(connection);
        long nanos = System.nanoTime() - started;
        surroundings.meters().answered(answer.route(), answer.status(), nanos, length);
        surroundings.meters().repeated();
        surroundings.log().add(HttpMethod.GET.name(), answer.uri(), answer.status(), nanos, length, client);
        if (!sent.isSuccess()) {
            // Too few bytes are on the wire, and nothing that follows may look like the rest.
            context.close();
        }
    }

    /** Or else the head goes out by itself, and wakes the client for nothing. */
    private static void cork(ChannelHandlerContext context, long length, boolean on) {
        if (length >= MIN_CORKED && context.channel().isOpen()) {
            context.channel().config().setOption(TCP_CORK, on);
        }
    }

    private static boolean staysOpen(Exchange exchange) {
        return exchange.request().version() == HttpVersion.HTTP_1_1
                && !exchange.response().headers().contains(HttpHeaders.CONNECTION)
                && Optional.ofNullable(exchange.requestHeaders().get(HttpHeaders.CONNECTION))
                        .map("keep-alive"::equalsIgnoreCase)
                        .orElse(true);
    }

    // What comes with credentials is not, though nobody asks for them here.
    private static boolean mayBeKept(Exchange exchange) {
        return exchange.request().method().equals(HttpMethod.GET)
                && !exchange.requestHeaders().contains(HttpHeaders.EXPECT)
                && !exchange.requestHeaders().contains(HttpHeaders.AUTHORIZATION);
    }

    /** Whether these bytes are the head of one request that has no reason to have a body, and nothing else. */
    private static boolean isWholeHead(ByteBuf bytes) {
        return (startsWith(bytes, GET) || startsWith(bytes, HEAD)) && endOfHead(bytes) == bytes.writerIndex();
    }

    private static boolean startsWith(ByteBuf bytes, byte[] beginning) {
        return bytes.readableBytes() > beginning.length
                && ByteBufUtil.equals(
                        bytes.slice(bytes.readerIndex(), beginning.length), Unpooled.wrappedBuffer(beginning));
    }

    /** Where the first head in these bytes ends: behind its empty line; -1 if it does not, or a line ends in another way. */
    private static int endOfHead(ByteBuf bytes) {
        int lineStart = bytes.readerIndex();
        while (true) {
            int feed = bytes.indexOf(lineStart, bytes.writerIndex(), (byte) '\n');
            if (feed <= lineStart || bytes.getByte(feed - 1) != '\r') {
                return -1;
            }
            if (feed == lineStart + 1) {
                return feed + 1;
            }
            lineStart = feed + 1;
        }
    }
}
