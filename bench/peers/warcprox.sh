#!/bin/sh
# warcprox, and eight curl processes that fetch through it: warcprox.sh WARCPROX LIST FOLDER PORT
set -e
warcprox=$1 list=$2 folder=$3 port=$4
cd "$folder"
"$warcprox" --address 127.0.0.1 --port "$port" --dir "$folder" --gzip --quiet \
    --dedup-db-file /dev/null --stats-db-file /dev/null >warcprox.out 2>&1 &
proxy=$!
tries=0
until curl -s -o /dev/null "http://127.0.0.1:$port/status"; do
    tries=$((tries + 1))
    [ $tries -lt 200 ] || { cat warcprox.out >&2; exit 1; }
    sleep 0.05
done
lines=$(wc -l <"$list")
split -d -l $(((lines + 7) / 8)) "$list" part.
for part in part.??; do
    sed 's/^/url = "/; s/$/"\noutput = \/dev\/null/' "$part" >"$part.curl"
    curl -s -S --proxy "http://127.0.0.1:$port" --compressed -K "$part.curl" &
    curls="$curls $!"
done
wait $curls
kill -TERM $proxy
wait $proxy || true
