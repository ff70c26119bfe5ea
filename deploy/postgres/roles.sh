#!/bin/sh
# Runs once, when the database server starts on an empty volume: a role and a database for each service, each its own.
set -eu
for service in registry scoring funding pipeline; do
    psql -v ON_ERROR_STOP=1 -v name="$service" -v password="$(cat "/run/secrets/${service}_database_password")" \
        --username "$POSTGRES_USER" --dbname postgres <<'SQL'
CREATE ROLE :"name" LOGIN PASSWORD :'password';
CREATE DATABASE :"name" OWNER :"name" ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0;
REVOKE CONNECT ON DATABASE :"name" FROM PUBLIC;
SQL
done
