-- What organisations may have: plans, and which of them each organisation has.

CREATE TABLE plans (
    name         TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    display_name TEXT NOT NULL,
    -- A JSON object of numbers; what isn't in it has no maximum.
    maxima       TEXT NOT NULL,
    -- A JSON array of words.
    features     TEXT NOT NULL
);

INSERT INTO plans (name, display_name, maxima, features) VALUES
    ('enterprise', 'Enterprise', '{}',
     '["decision_log","anomaly_responses","webhooks","mutual_tls","delegation","compliance_reports"]'),
    ('professional', 'Professional',
     '{"max_keys":100,"max_projects":10,"max_limits_per_key":3,"max_rate_per_second":100,"usage_days":90,"decision_days":7}',
     '["decision_log"]');

-- No reference: the other database can't add one beside a default.
ALTER TABLE organisations ADD COLUMN plan TEXT COLLATE "C" NOT NULL DEFAULT 'enterprise';
-- Until when what was there before a lower plan stays as it was. NULL: nothing was over it.
ALTER TABLE organisations ADD COLUMN plan_grace_until TIMESTAMP;

CREATE INDEX organisations_in_grace ON organisations (plan_grace_until) WHERE plan_grace_until IS NOT NULL;
