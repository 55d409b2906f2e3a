-- The index of an archive: derived from warcs/ and metadata/log/, row for row, by `archive rebuild`.
-- Every column ends with a comment, which becomes its description in Datasette and docs/tables.md.

-- What this index reflects.
CREATE TABLE about (
    key TEXT PRIMARY KEY,   -- `schema`, `origin` or `leaves`
    value TEXT NOT NULL     -- version of this schema; the log's name; how many leaves are indexed
) STRICT;

-- Statements: web documents that somebody published, each under all the addresses that are plainly the same.
CREATE TABLE statements (
    id TEXT PRIMARY KEY,            -- made from the statement's key, see docs/format.md
    key TEXT NOT NULL,              -- canonical address: host, path and query without what does not matter
    name TEXT NOT NULL,             -- title, or the address where no title is known
    url TEXT,                       -- address of its latest capture
    surt TEXT,                      -- sort-friendly form of its latest address
    host TEXT,                      -- host captured: the first of the four publisher roles
    organisation_id TEXT REFERENCES organisations (id), -- organisation that curators know under this host; not a claim of the page
    title TEXT,                     -- title that the latest readable capture asserts, or a curator
    publisher TEXT,                 -- publisher that the page declares, or a curator asserts
    author TEXT,                    -- author that the page names, or a curator
    published TEXT,                 -- date of publication that the page claims, or a curator asserts, in EDTF
    published_year INTEGER,         -- year of publication
    published_confidence REAL,      -- how far independent signals agree on it, 0 to 1; empty where a curator asserts it
    modified TEXT,                  -- date of its last change that the page claims, or a curator asserts, in EDTF
    language TEXT,                  -- language that the page declares, or a curator asserts, BCP 47
    curated TEXT,                   -- fields of this row that show a curator's assertion; table assertions says whose, and why
    first_captured TEXT,            -- first capture by this archive, UTC
    last_captured TEXT,             -- latest capture by this archive, UTC
    last_outcome TEXT,              -- outcome of the latest capture
    last_status INTEGER,            -- HTTP status of the latest capture
    captures INTEGER NOT NULL,      -- number of captures
    payloads INTEGER NOT NULL,      -- number of different payloads among its captures
    texts INTEGER NOT NULL          -- number of different texts among its captures
) STRICT;
CREATE INDEX statements_host ON statements (host);
CREATE INDEX statements_publisher ON statements (publisher);
CREATE INDEX statements_published_year ON statements (published_year);
CREATE INDEX statements_language ON statements (language);
CREATE INDEX statements_last_captured ON statements (last_captured);
CREATE INDEX statements_last_outcome ON statements (last_outcome);
CREATE INDEX statements_organisation ON statements (organisation_id) WHERE organisation_id IS NOT NULL;
CREATE INDEX statements_curated ON statements (curated) WHERE curated IS NOT NULL;

-- Captures: one exchange with one address at one instant, failures included.
CREATE TABLE captures (
    id TEXT PRIMARY KEY,                                -- capture id
    record_id TEXT NOT NULL,                            -- id of its principal WARC record
    statement_id TEXT REFERENCES statements (id),       -- statement; none for robots.txt and refused addresses
    key TEXT,                                           -- canonical address, which places it in a statement
    alias_of TEXT,                                      -- canonical address that it permanently redirects to, same host
    url TEXT NOT NULL,                                  -- address asked for
    surt TEXT,                                          -- sort-friendly form of the address
    captured_at TEXT NOT NULL,                          -- just before the request was sent, UTC; withdrawn or damaged: when it was stored
    year INTEGER NOT NULL,                              -- year of the capture
    outcome TEXT NOT NULL,                              -- response, revisit, truncated, malformed, withdrawn, damaged, or why there is no answer: blocked, dns, connect, tls, timeout, disconnect
    status INTEGER,                                     -- HTTP status
    media_type TEXT,                                    -- media type that the server stated
    location TEXT,                                      -- where a redirect points, as sent
    payload TEXT,                                       -- digest of the body after transfer decoding
    payload_length INTEGER,                             -- length of the payload in bytes
    content TEXT,                                       -- digest of the body after content decoding
    content_length INTEGER,                             -- length of the content in bytes
    revisit_of TEXT REFERENCES captures (id),           -- capture that holds the same payload
    text_outcome TEXT,                                  -- pending, text, none, timeout, memory or failed; empty where there is nothing to read
    text_id INTEGER REFERENCES texts (id),              -- main text
    error TEXT,                                         -- words of the failure, or what is wrong with the answer
    peer TEXT,                                          -- address really connected to
    tls TEXT,                                           -- TLS version and cipher
    purpose TEXT NOT NULL,                              -- statement, robots, timestamp or witness
    visit TEXT NOT NULL,                                -- visit that it belongs to
    address TEXT NOT NULL,                              -- address as a person gave it
    hop INTEGER NOT NULL,                               -- place in the visit, from 0
    hops INTEGER NOT NULL,                              -- number of captures of the visit
    batch TEXT,                                         -- run of a list that it belongs to
    warc TEXT NOT NULL,                                 -- WARC file, under its final name
    "offset" INTEGER NOT NULL,                          -- where the principal record's gzip member begins
    length INTEGER NOT NULL,                            -- length of that member in bytes
    leaf INTEGER NOT NULL                               -- place in the capture log, from 0
) STRICT;
CREATE UNIQUE INDEX captures_record_id ON captures (record_id);
CREATE INDEX captures_statement ON captures (statement_id, captured_at);
CREATE INDEX captures_key ON captures (key, captured_at, leaf);
CREATE INDEX captures_surt ON captures (surt, captured_at, leaf) WHERE surt IS NOT NULL;
CREATE INDEX captures_alias ON captures (key, leaf) WHERE alias_of IS NOT NULL;
CREATE INDEX captures_alias_of ON captures (alias_of) WHERE alias_of IS NOT NULL;
CREATE INDEX captures_url ON captures (url, captured_at, leaf);
CREATE INDEX captures_captured_at ON captures (captured_at);
-- The planner would take an index for facets instead of these two: queries name them (INDEXED BY).
CREATE INDEX captures_payload ON captures (payload, leaf) WHERE outcome = 'response';
CREATE INDEX captures_batch ON captures (batch, address) WHERE batch IS NOT NULL;
CREATE INDEX captures_revisit_of ON captures (revisit_of) WHERE revisit_of IS NOT NULL;
CREATE INDEX captures_text ON captures (text_id) WHERE text_id IS NOT NULL;
CREATE INDEX captures_pending ON captures (leaf) WHERE text_outcome = 'pending';
CREATE INDEX captures_outcome ON captures (outcome);
CREATE INDEX captures_status ON captures (status);
CREATE INDEX captures_year ON captures (year);
CREATE INDEX captures_media_type ON captures (media_type);
CREATE INDEX captures_purpose ON captures (purpose);

-- Main texts, each once, under the title that it was read with.
CREATE TABLE texts (
    id INTEGER PRIMARY KEY,     -- first 63 bits of SHA-256 over title and text
    digest TEXT NOT NULL,       -- digest of the text in normal form
    title TEXT NOT NULL,        -- title that was asserted with it, for searching
    text TEXT NOT NULL          -- main text in normal form
) STRICT;

-- Full-text search over titles and texts.
CREATE VIRTUAL TABLE texts_fts USING fts5 (
    title,      -- title that was asserted with the text
    text,       -- main text in normal form
    content = 'texts', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2'
);

-- Conversions: which program read which capture, and where its record lies.
CREATE TABLE conversions (
    record_id TEXT PRIMARY KEY,                         -- id of its WARC record
    capture_id TEXT NOT NULL REFERENCES captures (id),  -- capture that was read
    extractor TEXT NOT NULL,                            -- program, version and options
    outcome TEXT NOT NULL,                              -- text, none, timeout, memory or failed
    detail TEXT,                                        -- more on the outcome
    digest TEXT,                                        -- digest of the text in normal form
    warc TEXT NOT NULL,                                 -- WARC file, under its final name
    "offset" INTEGER NOT NULL,                          -- where its gzip member begins
    length INTEGER NOT NULL,                            -- length of that member in bytes
    leaf INTEGER NOT NULL                               -- place in the capture log, from 0
) STRICT;
CREATE INDEX conversions_capture ON conversions (capture_id, leaf);

-- Claims: what a place in a capture says of the statement, verbatim.
CREATE TABLE claims (
    capture_id TEXT NOT NULL REFERENCES captures (id),  -- capture that says so
    position INTEGER NOT NULL,                          -- place among the claims of that capture
    field TEXT NOT NULL,                                -- title, publisher, credited, origin, author, published, modified, language, licence, correction, weekday or copyright
    raw TEXT NOT NULL,                                  -- what stands there, verbatim
    value TEXT,                                         -- how the rule reads it; dates in EDTF, bounds as open intervals
    source TEXT NOT NULL,                               -- family of the signal
    locator TEXT NOT NULL,                              -- where in the record it stands
    rule TEXT NOT NULL,                                 -- rule that found it, with its version
    zone TEXT,                                          -- assumption about the time zone, or the order of day and month
    PRIMARY KEY (capture_id, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX claims_field ON claims (field);
CREATE INDEX claims_source ON claims (source);

-- Assertions: what a rule concludes from the claims of one capture, and beside it what curators
-- assert. A curator's holds for the whole statement, and is listed for as long as it is in force.
CREATE TABLE assertions (
    capture_id TEXT NOT NULL REFERENCES captures (id),  -- capture whose claims it rests on, or that the curator named
    field TEXT NOT NULL,                                -- question that it answers; host, publisher, credited and origin are the roles of a publisher
    leaf INTEGER NOT NULL,                              -- place in the capture log of the conversion or annotation that it comes from
    value TEXT,                                         -- answer; empty for unknown; dates in EDTF, authors with "; " between
    earliest TEXT,                                      -- of a date, the day before which it does not lie
    latest TEXT,                                        -- of a date, the day after which it does not lie
    confidence REAL,                                    -- how far independent signals agree, 0 to 1; empty for a curator's
    rule TEXT NOT NULL,                                 -- rule that chose, or `curator`
    supports TEXT NOT NULL DEFAULT '[]',                -- positions of the claims that agree, as JSON
    contradicts TEXT NOT NULL DEFAULT '[]',             -- positions of the claims that do not, as JSON
    asserted_by TEXT,                                   -- name of the curator; empty for the machine
    agent TEXT,                                         -- stable id of the curator
    asserted_at TEXT,                                   -- when the curator said so, UTC
    reason TEXT,                                        -- why the curator says so
    evidence TEXT,                                      -- what the curator points to, as JSON
    annotation_id TEXT REFERENCES annotations (id),     -- annotation that says so
    PRIMARY KEY (capture_id, field, leaf)
) STRICT, WITHOUT ROWID;
CREATE INDEX assertions_curated ON assertions (capture_id, leaf) WHERE annotation_id IS NOT NULL;
CREATE INDEX assertions_field ON assertions (field);
CREATE INDEX assertions_asserted_by ON assertions (asserted_by) WHERE asserted_by IS NOT NULL;

-- Annotations: what people added, and why. Nothing is overwritten: what was replaced or taken back stays listed.
CREATE TABLE annotations (
    id TEXT PRIMARY KEY,                            -- annotation id
    record_id TEXT NOT NULL,                        -- id of its WARC record
    kind TEXT NOT NULL,                             -- note, withdrawal, assertion, retraction or organisation
    capture_id TEXT REFERENCES captures (id),       -- capture that it is about
    organisation_id TEXT REFERENCES organisations (id), -- organisation that it is about
    field TEXT,                                     -- question that an assertion answers
    body TEXT NOT NULL,                             -- what is said
    evidence TEXT,                                  -- what an assertion points to, as JSON
    reason TEXT,                                    -- why
    agent TEXT NOT NULL,                            -- stable id of who says it
    agent_name TEXT NOT NULL,                       -- name of who says it
    time TEXT NOT NULL,                             -- when, UTC
    supersedes TEXT REFERENCES annotations (id),    -- annotation that it replaces or takes back
    state TEXT NOT NULL,                            -- in force, superseded or retracted
    warc TEXT NOT NULL,                             -- WARC file, under its final name
    "offset" INTEGER NOT NULL,                      -- where its gzip member begins
    length INTEGER NOT NULL,                        -- length of that member in bytes
    leaf INTEGER NOT NULL                           -- place in the capture log, from 0
) STRICT;
CREATE UNIQUE INDEX annotations_record_id ON annotations (record_id);
CREATE INDEX annotations_capture ON annotations (capture_id);
CREATE INDEX annotations_organisation ON annotations (organisation_id) WHERE organisation_id IS NOT NULL;
CREATE INDEX annotations_supersedes ON annotations (supersedes) WHERE supersedes IS NOT NULL;
CREATE INDEX annotations_kind ON annotations (kind);
CREATE INDEX annotations_state ON annotations (state);

-- Organisations: publishers as curators know them.
CREATE TABLE organisations (
    id TEXT PRIMARY KEY,                                    -- organisation id
    name TEXT NOT NULL,                                     -- what curators call it
    wikidata TEXT,                                          -- its item in Wikidata
    ror TEXT,                                               -- its id in the Research Organization Registry
    merged_into TEXT REFERENCES organisations (id),         -- organisation that it is the same as
    asserted_by TEXT NOT NULL,                              -- name of who described it last
    agent TEXT NOT NULL,                                    -- stable id of who did
    asserted_at TEXT NOT NULL,                              -- when, UTC
    reason TEXT,                                            -- why
    annotation_id TEXT NOT NULL REFERENCES annotations (id) -- annotation that says so
) STRICT;

-- Domains of organisations; names below a domain belong to it, the most exact one decides.
CREATE TABLE organisation_domains (
    domain TEXT NOT NULL,                                       -- domain, in ASCII
    organisation_id TEXT NOT NULL REFERENCES organisations (id), -- organisation
    PRIMARY KEY (domain, organisation_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX organisation_domains_organisation ON organisation_domains (organisation_id);

-- Names of organisations: the one that curators use, and aliases.
CREATE TABLE organisation_names (
    folded TEXT NOT NULL,                                       -- letters and digits of the name, for comparing
    organisation_id TEXT NOT NULL REFERENCES organisations (id), -- organisation
    name TEXT NOT NULL,                                         -- name as it is spelt
    PRIMARY KEY (folded, organisation_id, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX organisation_names_organisation ON organisation_names (organisation_id);

-- What happened to the archive itself: checks of stored bytes, key changes, time stamps,
-- cosignatures by witnesses.
CREATE TABLE events (
    record_id TEXT PRIMARY KEY,                     -- id of its WARC record
    kind TEXT NOT NULL,                             -- fixity, key-change, timestamp or cosignature
    time TEXT NOT NULL,                             -- when, UTC
    agent TEXT NOT NULL,                            -- stable id of who did it
    agent_name TEXT NOT NULL,                       -- name of who did it
    detail TEXT NOT NULL,                           -- all that the record says, JSON
    warc TEXT NOT NULL,                             -- WARC file, under its final name
    "offset" INTEGER NOT NULL,                      -- where its gzip member begins
    length INTEGER NOT NULL,                        -- length of that member in bytes
    leaf INTEGER NOT NULL                           -- place in the capture log, from 0
) STRICT;
CREATE INDEX events_kind ON events (kind, leaf);
