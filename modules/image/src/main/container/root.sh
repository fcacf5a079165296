#!/usr/bin/env bash
# Makes what an image of Cornucopia has beside the program, from what is on this machine, without a base image and without a
# network: a Java linked from the JDK of JAVA_HOME, the libraries that it loads, certificates, and who is who.
#
#   root.sh DIRECTORY [WHERE THE LINKED JAVA IS KEPT]
#
# Needs a JDK, ldd and Linux. Without the second, it is kept in the target/ of this module. Equal inputs make equal files.
set -euo pipefail
export LC_ALL=C

tree=$1
here=$(cd "$(dirname "$0")" && pwd)
target=${2:-$(cd "$here/../../.." && pwd)/target}
java_home=${JAVA_HOME:-$(dirname "$(dirname "$(readlink -f "$(command -v javac)")")")}
user=10001

# What the program and its libraries use; java.desktop alone would bring all of X11. jdk.crypto.ec is for JDK 17 to 21.
modules=java.base,java.compiler,java.instrument,java.logging,java.management,java.naming,java.net.http,java.security.sasl
modules=$modules,java.sql,java.xml,jdk.crypto.ec,jdk.management,jdk.net,jdk.unsupported

# One at a time, since several test runs may begin together.
mkdir -p "$target"
exec 9>"$target/root.lock"
flock 9

version=$("$java_home/bin/java" -XshowSettings:properties -version 2>&1 | cat - "$0" | sha256sum | cut -c 1-12)
runtime=$target/java-$version
if [ ! -d "$runtime" ]; then
    # What other Javas left, and what broke off.
    rm -rf "$target"/java-*
    "$java_home/bin/jlink" --no-header-files --no-man-pages --add-modules "$modules" --output "$runtime.new"
    # What this JDK trusts, which a distribution keeps elsewhere.
    cp -L --remove-destination "$java_home/lib/security/cacerts" "$runtime.new/lib/security/cacerts"
    mv "$runtime.new" "$runtime"
fi

rm -rf "$tree"
mkdir -p "$tree"/{opt,etc,var/lib/cornucopia}
install -d -m 1777 "$tree/tmp"
# Links become files, which an image is made of.
cp -rL "$runtime" "$tree/opt/java"
chmod -R u+rw,go+r,go-w "$tree/opt/java"
printf 'root:x:0:0:root:/:/none\ncornucopia:x:%s:%s:cornucopia:/var/lib/cornucopia:/none\n' "$user" "$user" >"$tree/etc/passwd"
printf 'root:x:0:\ncornucopia:x:%s:\n' "$user" >"$tree/etc/group"
printf 'hosts: files dns\n' >"$tree/etc/nsswitch.conf"

# Each where the loader looks for it. The last four are asked for by native libraries in the jar, and by old C libraries.
{
    ldd "$runtime/bin/java"
    find "$runtime/lib" -name '*.so' -exec ldd {} +
} | grep -o '/[^ :]*' | grep -v "^$runtime" | sort -u | while read -r library; do
    mkdir -p "$tree$(dirname "$library")"
    cp -L "$library" "$tree$library"
done
for more in libdl.so.2 librt.so.1 libnss_files.so.2 libnss_dns.so.2; do
    library=$(ldconfig -p 2>/dev/null | sed -n "s/.*$more .*=> //p" | head -1)
    if [ -n "$library" ]; then
        mkdir -p "$tree$(dirname "$library")"
        cp -L "$library" "$tree$library"
    fi
done
