package io.cornucopia.storage;

import java.net.UnknownHostException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** Tells people what a bucket answered, and what they can do about it. */
final class BucketFailures {
    private static final Pattern WEB_IDENTITY = Pattern.compile(
            "WebIdentityTokenFileCredentialsProvider\\(\\): (.{1,300}?)(?=, \\w+CredentialsProvider\\(|]$)");

    private final BucketSettings settings;

    BucketFailures(BucketSettings settings) {
        this.settings = settings;
    }

    /**
     * @param what was asked for, such as {@code "PUT"}
     * @param key of what
     */
    BucketException of(String what, String key, SdkException failure) {
        String where = "s3://" + settings.bucket() + "/" + key
                + settings.endpoint().map(url -> " at " + url).orElse(" in " + settings.region());
        return new BucketException(what + " " + where + ": " + answer(failure) + "; " + remedy(failure), failure);
    }

    private static String answer(SdkException failure) {
        if (failure instanceof S3Exception answered && answered.statusCode() > 0) {
            String code = answered.awsErrorDetails() == null
                    ? ""
                    : " " + answered.awsErrorDetails().errorCode();
            return "answered " + answered.statusCode() + code;
        }
        String reason = reason(failure);
        return isWithoutCredentials(failure)
                ? "was not asked, since no credentials were found" + ofWebIdentity(reason)
                : "no answer (" + reason + ")";
    }

    private static boolean isWithoutCredentials(SdkException failure) {
        return String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT).contains("credentials");
    }

    /** Of all places that were looked at, the one of which more is to be said than that there is nothing. */
    private static String ofWebIdentity(String reason) {
        Matcher told = WEB_IDENTITY.matcher(reason);
        return told.find() && !told.group(1).contains("must be set") ? " (web identity: " + told.group(1) + ")" : "";
    }

    private static String reason(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root instanceof UnknownHostException ? "no such host: " + root.getMessage() : root.getMessage();
    }

    private String remedy(SdkException failure) {
        if (failure instanceof S3Exception answered && answered.statusCode() > 0) {
            return remedy(answered);
        }
        if (isWithoutCredentials(failure)) {
            return "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_ROLE_ARN and AWS_WEB_IDENTITY_TOKEN_FILE";
        }
        if (failure instanceof ApiCallAttemptTimeoutException || failure instanceof ApiCallTimeoutException) {
            return "the bucket is slow: try again later, or raise upload.s3.read_timeout";
        }
        return settings.endpoint().isPresent()
                ? "is upload.s3.endpoint right, does its server run, and does upload.s3.path_style fit it?"
                : "is upload.s3.region right, and does this machine reach it?";
    }

    private String remedy(S3Exception answered) {
        String code = answered.awsErrorDetails() == null
                ? ""
                : answered.awsErrorDetails().errorCode();
        if (answered.statusCode() == 401 || answered.statusCode() == 403 || "AccessDenied".equals(code)) {
            return "are the credentials right, and may they read, write, delete and list below s3://"
                    + settings.bucket() + "/" + settings.prefix() + "?";
        }
        return switch (answered.statusCode()) {
            case 301, 307, 400 -> "is upload.s3.region (" + settings.region() + ") the bucket's?";
            case 404 ->
                "NoSuchKey".equals(code)
                        ? "restore it from a backup"
                        : "make the bucket " + settings.bucket() + ", or correct upload.store";
            case 501 -> "this server cannot do what the store of uploads needs; use AWS S3, MinIO or the like";
            default -> "it was tried " + (settings.maxRetries() + 1) + " times; try again later";
        };
    }
}
