-- The index of an archive: derived from warcs/ and metadata/log/, row for row, by `archive rebuild`.
-- Every column ends with a comment, which becomes its description in Datasette and docs/tables.md.

-- What this index reflects.
CREATE TABLE about (
    key TEXT PRIMARY KEY,   -- `schema`, `rules`, `origin`, `leaves` or `copy`
    value TEXT NOT NULL     -- version of this schema; programs and rules that it was derived by; the log's name; how many leaves are indexed; for whom a copy was made
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
    published_earliest TEXT,        -- first day that it can be, by the page's evidence; empty where nothing bounds it, or a curator asserts the date
    published_latest TEXT,          -- last day that it can be, by that evidence and by the first capture that holds a text
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
    texts INTEGER NOT NULL,         -- number of different texts among its captures
    versions INTEGER NOT NULL DEFAULT 0, -- number of its versions
    edits INTEGER NOT NULL DEFAULT 0, -- number of its edits, those of furniture and markup alone left out
    last_edit TEXT,                 -- first capture that shows the latest of these edits, UTC
    state TEXT NOT NULL DEFAULT 'unread' -- present, gone, moved, never seen, unreachable, not shown or unread: what the latest capture that tells says
) STRICT;
-- The page of a publisher, who may have very many, is counted and sorted from one of these alone.
CREATE INDEX statements_host ON statements (host, last_captured, id, last_edit, state, first_captured);
CREATE INDEX statements_publisher ON statements (publisher, last_captured, id, last_edit, state, first_captured);
CREATE INDEX statements_published_year ON statements (published_year, publisher, language, last_outcome, host, organisation_id, curated, state);
CREATE INDEX statements_language ON statements (language, publisher, published_year, last_outcome, host, organisation_id, curated, state);
CREATE INDEX statements_last_captured ON statements (last_captured);
CREATE INDEX statements_last_outcome ON statements (last_outcome, publisher, published_year, language, host, organisation_id, curated, state);
CREATE INDEX statements_organisation ON statements (organisation_id, last_captured, id, last_edit, state, first_captured) WHERE organisation_id IS NOT NULL;
CREATE INDEX statements_state ON statements (state, publisher, published_year, language, last_outcome, host, organisation_id, curated);
CREATE INDEX statements_last_edit ON statements (last_edit) WHERE last_edit IS NOT NULL;
CREATE INDEX statements_curated ON statements (curated) WHERE curated IS NOT NULL;

-- Captures: one exchange with one address at one instant, failures included.
CREATE TABLE captures (
    id TEXT PRIMARY KEY,                                -- capture id
    record_id TEXT NOT NULL,                            -- id of its principal WARC record
    statement_id TEXT REFERENCES statements (id),       -- statement; none for robots.txt and refused addresses
    key TEXT,                                           -- canonical address, which places it in a statement
    alias_of TEXT,                                      -- canonical address that it permanently redirects to, same host; not from a page to the home page
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
    unmodified_of TEXT REFERENCES captures (id),        -- capture that the server says is as it was: it was asked so, and answered 304
    text_outcome TEXT,                                  -- pending, text, none, timeout, memory or failed; empty where there is nothing to read
    text_id INTEGER REFERENCES texts (id),              -- main text
    reading_of TEXT REFERENCES captures (id),           -- earlier capture of the same address and bytes whose reading it shares: text, claims, assertions; empty where it has its own, or none
    error TEXT,                                         -- words of the failure, or what is wrong with the answer
    peer TEXT,                                          -- address really connected to
    tls TEXT,                                           -- TLS version and cipher
    purpose TEXT NOT NULL,                              -- statement, robots, rest, feed, sitemap, requisite, timestamp, witness or webhook
    visit TEXT NOT NULL,                                -- visit that it belongs to
    address TEXT NOT NULL,                              -- address as a person gave it
    hop INTEGER NOT NULL,                               -- place in the visit, from 0
    hops INTEGER NOT NULL,                              -- number of captures of the visit
    batch TEXT,                                         -- run of a list, or watch order, that it belongs to; of a webhook, the change that it tells
    warc TEXT NOT NULL,                                 -- WARC file, under its final name
    "offset" INTEGER NOT NULL,                          -- where the principal record's gzip member begins
    length INTEGER NOT NULL,                            -- length of that member in bytes
    leaf INTEGER NOT NULL                               -- place in the capture log, from 0
) STRICT;
CREATE UNIQUE INDEX captures_record_id ON captures (record_id);
-- All that tells what a capture plainly shows: a statement may have very many.
CREATE INDEX captures_statement ON captures (statement_id, captured_at, leaf, id, text_id, outcome, status, reading_of);
CREATE INDEX captures_counted ON captures (statement_id, payload, text_id, unmodified_of) WHERE statement_id IS NOT NULL;
CREATE INDEX captures_key ON captures (key, captured_at, leaf);
CREATE INDEX captures_surt ON captures (surt, captured_at, leaf) WHERE surt IS NOT NULL;
CREATE INDEX captures_alias ON captures (key, leaf) WHERE alias_of IS NOT NULL;
CREATE INDEX captures_alias_of ON captures (alias_of) WHERE alias_of IS NOT NULL;
CREATE INDEX captures_url ON captures (url, captured_at, leaf);
CREATE INDEX captures_captured_at ON captures (captured_at);
-- The planner would take an index for facets instead of these two: queries name them (INDEXED BY).
CREATE INDEX captures_payload ON captures (payload, leaf) WHERE outcome = 'response';
CREATE INDEX captures_batch ON captures (batch, address) WHERE batch IS NOT NULL;
CREATE INDEX captures_unmodified_of ON captures (unmodified_of) WHERE unmodified_of IS NOT NULL;
CREATE INDEX captures_visited ON captures (address, purpose, captured_at, leaf) WHERE hop = hops - 1;
CREATE INDEX captures_revisit_of ON captures (revisit_of) WHERE revisit_of IS NOT NULL;
CREATE INDEX captures_reading_of ON captures (reading_of) WHERE reading_of IS NOT NULL;
CREATE INDEX captures_visit ON captures (visit) WHERE hops > 1;
CREATE INDEX captures_text ON captures (text_id, statement_id) WHERE text_id IS NOT NULL;
CREATE INDEX captures_pending ON captures (leaf) WHERE text_outcome = 'pending';
CREATE INDEX captures_without_page ON captures (purpose, captured_at)
    WHERE outcome IN ('blocked', 'dns', 'connect', 'tls', 'timeout', 'disconnect') OR status >= 400;
-- For facets: a page narrowed by one of these counts the others, and shows the latest, from one index.
CREATE INDEX captures_outcome ON captures (outcome, captured_at, status, year, media_type, purpose);
CREATE INDEX captures_status ON captures (status, captured_at, outcome, year, media_type, purpose);
CREATE INDEX captures_year ON captures (year, captured_at, outcome, status, media_type, purpose);
CREATE INDEX captures_media_type ON captures (media_type, captured_at, outcome, status, year, purpose);
CREATE INDEX captures_purpose ON captures (purpose, captured_at, outcome, status, year, media_type);

-- Main texts, each once, under the title that it was read with.
CREATE TABLE texts (
    id INTEGER PRIMARY KEY,     -- place in the capture log of the first conversion that gave it: newer texts have higher ids
    hash INTEGER NOT NULL UNIQUE, -- first 63 bits of SHA-256 over title and text
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

-- Full-text search over texts in scripts without spaces between words, Chinese, Japanese or Thai: in pairs of letters.
CREATE VIRTUAL TABLE pairs_fts USING fts5 (
    title,      -- title that was asserted with the text, in pairs
    text,       -- main text in normal form, in pairs
    content = '', tokenize = 'unicode61 remove_diacritics 2'
);

-- Conversions: which program read which capture, and where its record lies.
CREATE TABLE conversions (
    record_id TEXT PRIMARY KEY,                         -- id of its WARC record
    capture_id TEXT NOT NULL REFERENCES captures (id),  -- capture that was read
    extractor TEXT NOT NULL,                            -- program, version and options
    outcome TEXT NOT NULL,                              -- text, none, timeout, memory or failed
    detail TEXT,                                        -- more on the outcome
    digest TEXT,                                        -- digest of the text in normal form
    text_id INTEGER REFERENCES texts (id),              -- text that it gave, kept for comparing under its label
    words TEXT,                                         -- digest of the statement's own words in it
    companions TEXT,                                    -- ids of the companions (REST record, feed, sitemap) that were read with the page
    warc TEXT NOT NULL,                                 -- WARC file, under its final name
    "offset" INTEGER NOT NULL,                          -- where its gzip member begins
    length INTEGER NOT NULL,                            -- length of that member in bytes
    leaf INTEGER NOT NULL                               -- place in the capture log, from 0
) STRICT;
CREATE INDEX conversions_capture ON conversions (capture_id, leaf);
CREATE INDEX conversions_text ON conversions (text_id) WHERE text_id IS NOT NULL;

-- Readings: what the page of a capture is as a whole, and the digests by which versions are told apart.
CREATE TABLE readings (
    capture_id TEXT PRIMARY KEY REFERENCES captures (id), -- capture that was read
    extractor TEXT NOT NULL,                            -- program, version and options of the latest reading
    rules TEXT NOT NULL,                                -- rules of the digests, each with its version
    text TEXT,                                          -- digest of the main text in normal form
    words TEXT,                                         -- digest of the statement's own words: the text without furniture
    fold TEXT,                                          -- digest of the letters and digits of its own words
    visible TEXT,                                       -- digest of all visible text, furniture included
    title TEXT NOT NULL,                                -- digest of the title that the page states
    meta TEXT NOT NULL,                                 -- digest of the metadata that the page states
    stated_title TEXT,                                  -- title that the page states
    published TEXT,                                     -- date of publication that the page states, in EDTF
    modified TEXT,                                      -- date of its last change that the page states, in EDTF
    author TEXT,                                        -- author that the page states
    publisher TEXT,                                     -- publisher that the page states
    quality TEXT,                                       -- usable, block page, challenge page, consent wall or soft 404; empty where it was not judged
    reason TEXT,                                        -- rule that judged its quality, and what it saw
    links TEXT NOT NULL                                 -- links of the main text, as JSON: words and address
) STRICT, WITHOUT ROWID;
CREATE INDEX readings_quality ON readings (quality);

-- Versions: what a statement said from when to when, by consecutive captures with equal own words, title and stated metadata.
CREATE TABLE versions (
    statement_id TEXT NOT NULL REFERENCES statements (id), -- statement
    number INTEGER NOT NULL,                            -- number of the version, from 1
    capture_id TEXT NOT NULL REFERENCES captures (id),  -- first capture that shows it
    last_capture TEXT NOT NULL REFERENCES captures (id), -- last capture that shows it
    first_captured TEXT NOT NULL,                       -- when the first was made, UTC
    last_captured TEXT NOT NULL,                        -- when the last was made, UTC
    captures INTEGER NOT NULL,                          -- number of captures that show it
    pending INTEGER NOT NULL,                           -- neighbours among them that wait to be read under one label, and are taken to be equal
    title TEXT,                                         -- title that its first capture states
    published TEXT,                                     -- date of publication that it states, in EDTF
    modified TEXT,                                      -- date of its last change that it states, in EDTF
    author TEXT,                                        -- author that it states
    publisher TEXT,                                     -- publisher that it states
    text_id INTEGER REFERENCES texts (id),              -- main text of its first capture
    PRIMARY KEY (statement_id, number)
) STRICT, WITHOUT ROWID;

-- Edits: how a version differs from the one before, and between which captures that came about.
CREATE TABLE edits (
    statement_id TEXT NOT NULL REFERENCES statements (id), -- statement
    number INTEGER NOT NULL,                            -- number of the later version
    capture_id TEXT NOT NULL REFERENCES captures (id),  -- first capture of the later version
    before_capture TEXT NOT NULL REFERENCES captures (id), -- last capture of the earlier version
    not_before TEXT NOT NULL,                           -- when that was made, UTC: the edit came later
    not_after TEXT NOT NULL,                            -- when the first capture of the later version was made, UTC
    year INTEGER NOT NULL,                              -- year of that
    confirmed INTEGER NOT NULL,                         -- 1 where a second capture shows the later version
    extractor TEXT NOT NULL,                            -- label that both were read with
    class TEXT NOT NULL,                                -- identical, markup, boilerplate, typographic or substantive
    text_changed INTEGER NOT NULL,                      -- 1 where the statement's own words differ
    verdict TEXT,                                       -- announced, unannounced or `date changed, text same`
    facts TEXT NOT NULL,                                -- what the difference is about, as JSON
    words_deleted INTEGER NOT NULL,                     -- number of words deleted
    words_inserted INTEGER NOT NULL,                    -- number of words inserted
    words_moved INTEGER NOT NULL,                       -- number of words that stand elsewhere
    notice TEXT,                                        -- sentence that announces the change
    spans TEXT NOT NULL,                                -- pieces of both texts, as JSON: operation, characters of the old, of the new, words
    PRIMARY KEY (statement_id, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX edits_not_after ON edits (not_after, class, verdict, confirmed, facts);
-- For facets, as those of captures.
CREATE INDEX edits_class ON edits (class, not_after, verdict, year, confirmed);
CREATE INDEX edits_verdict ON edits (verdict, not_after, class, year, confirmed);
CREATE INDEX edits_year ON edits (year, not_after, class, verdict, confirmed);
CREATE INDEX edits_confirmed ON edits (confirmed, not_after, class, verdict, year);

-- Absences: times in which a statement was gone or had moved, between the captures that show it.
CREATE TABLE absences (
    statement_id TEXT NOT NULL REFERENCES statements (id), -- statement
    position INTEGER NOT NULL,                          -- place among its absences, from 1
    kind TEXT NOT NULL,                                 -- gone or moved
    reason TEXT NOT NULL,                               -- status 404, status 410, soft 404, redirect to the home page, or where it moved to
    had_capture TEXT REFERENCES captures (id),          -- last capture that had it; empty where none did
    capture_id TEXT NOT NULL REFERENCES captures (id),  -- first capture that had it not
    again_capture TEXT REFERENCES captures (id),        -- first capture that had it again; empty where none does
    not_before TEXT,                                    -- when it was last seen before, UTC
    not_after TEXT NOT NULL,                            -- when it was first missed, UTC
    again TEXT,                                         -- when it was first seen again, UTC
    captures INTEGER NOT NULL,                          -- number of captures that had it not
    confirmed INTEGER NOT NULL,                         -- 1 where a second capture had it not
    return_confirmed INTEGER NOT NULL,                  -- 1 where a second capture had it again
    PRIMARY KEY (statement_id, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX absences_not_after ON absences (not_after);
CREATE INDEX absences_again ON absences (again) WHERE again_capture IS NOT NULL;
CREATE INDEX absences_kind ON absences (kind, not_after);
CREATE INDEX absences_confirmed ON absences (confirmed);

-- Comparisons that wait: neighbouring captures that were not read under one label yet; `archive extract` reads them again.
CREATE TABLE pending_comparisons (
    statement_id TEXT NOT NULL REFERENCES statements (id), -- statement
    capture_id TEXT NOT NULL REFERENCES captures (id),  -- the later one
    before_capture TEXT NOT NULL REFERENCES captures (id), -- the earlier one
    PRIMARY KEY (statement_id, capture_id)
) STRICT, WITHOUT ROWID;

-- Claims: what a place in a capture says of the statement, verbatim.
CREATE TABLE claims (
    capture_id TEXT NOT NULL REFERENCES captures (id),  -- capture that says so
    position INTEGER NOT NULL,                          -- place among the claims of that capture
    field TEXT NOT NULL,                                -- title, publisher, credited, origin, author, published, modified, language, licence, correction, weekday or copyright
    raw TEXT NOT NULL,                                  -- what stands there, verbatim
    value TEXT,                                         -- how the rule reads it; dates in EDTF, bounds as open intervals
    source TEXT NOT NULL,                               -- family of the signal
    record TEXT REFERENCES captures (id),               -- companion that it stands in; empty where that is the page itself
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
    kind TEXT NOT NULL,                             -- note, withdrawal, assertion, retraction, organisation, watch or access
    capture_id TEXT REFERENCES captures (id),       -- capture that it is about
    organisation_id TEXT REFERENCES organisations (id), -- organisation that it is about
    watch_id TEXT REFERENCES watches (id),          -- watch order that it is about
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
CREATE INDEX annotations_watch ON annotations (watch_id) WHERE watch_id IS NOT NULL;
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

-- Watch orders in force: what is visited again and again. When, follows from the order and from captures.
CREATE TABLE watches (
    id TEXT PRIMARY KEY,                                    -- watch id
    kind TEXT NOT NULL,                                     -- url, feed or sitemap
    address TEXT NOT NULL,                                  -- what is watched
    every INTEGER,                                          -- seconds from one visit to the next; empty leaves that to the schedule
    until TEXT,                                             -- moment after which nothing is due, UTC
    backfill INTEGER NOT NULL,                              -- 1 where a list also brings in what it named before the order
    since TEXT NOT NULL,                                    -- when the order was first given, UTC
    asserted_by TEXT NOT NULL,                              -- name of who gave it last
    agent TEXT NOT NULL,                                    -- stable id of who did
    asserted_at TEXT NOT NULL,                              -- when, UTC
    reason TEXT,                                            -- why
    annotation_id TEXT NOT NULL REFERENCES annotations (id) -- annotation that says so
) STRICT;
CREATE INDEX watches_address ON watches (address);
CREATE INDEX watches_kind ON watches (kind);

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
