//! A plan, and what is over one, as they are shown.

use argus_store::KeyId;
use argus_store::plan::{Maximum, Over, Plan, PlanLimit};
use serde::Serialize;
use utoipa::ToSchema;

/// What an organisation may have at most, and which features are its.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Plan)]
pub struct PlanView {
    /// Its name.
    #[schema(example = "professional")]
    pub name: String,
    /// What people call it.
    pub display_name: String,
    /// Its numbers. What is `null` has no maximum.
    pub maxima: MaximaView,
    /// The features that it has: of `decision_log`, `anomaly_responses`, `webhooks`, `mutual_tls`, `delegation` and
    /// `compliance_reports`.
    pub features: Vec<String>,
}

/// The numbers of a plan. What is `null` has no maximum.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = PlanMaxima)]
pub struct MaximaView {
    /// Keys that haven't ended.
    pub max_keys: Option<u64>,
    /// Projects.
    pub max_projects: Option<u64>,
    /// Limits of one key.
    pub max_limits_per_key: Option<u64>,
    /// Limits that keys share: those of the organisation, of its projects and of owners, together.
    pub max_shared_limits: Option<u64>,
    /// What the limits of a key let through in a second; a key that is made without limits gets one of so much.
    pub max_rate_per_second: Option<u64>,
    /// Days for which usage is kept.
    pub usage_days: Option<u64>,
    /// Days for which logged decisions are kept.
    pub decision_days: Option<u64>,
}

/// Something that an organisation has more of than a plan lets it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = OverPlan)]
pub struct OverView {
    /// Of what: a member of `maxima`, or a feature that the plan lacks.
    pub maximum: String,
    /// How much there may be; of a feature that the plan lacks 0.
    pub most: u64,
    /// How much there is; of what each key has, the most that one has. Null: without bound.
    pub found: Option<u64>,
    /// How many keys that is of, where it is of single keys.
    pub keys: u64,
    /// The first of those, 20 at most.
    #[schema(value_type = Vec<String>)]
    pub key_ids: Vec<KeyId>,
    /// The same in words.
    pub detail: String,
    /// What holds once the grace is over. No key stops.
    pub afterwards: String,
}

impl From<Plan> for PlanView {
    fn from(plan: Plan) -> Self {
        let maxima = plan.maxima;
        Self {
            name: plan.name,
            display_name: plan.display_name,
            maxima: MaximaView {
                max_keys: maxima.max_keys,
                max_projects: maxima.max_projects,
                max_limits_per_key: maxima.max_limits_per_key,
                max_shared_limits: maxima.max_shared_limits,
                max_rate_per_second: maxima.max_rate_per_second,
                usage_days: maxima.usage_days,
                decision_days: maxima.decision_days,
            },
            features: plan.features,
        }
    }
}

impl From<Over> for OverView {
    fn from(over: Over) -> Self {
        Self {
            detail: found_in_words(&over),
            afterwards: afterwards(over.maximum).to_owned(),
            maximum: over.maximum.to_string(),
            most: over.most,
            found: over.found,
            keys: over.keys,
            key_ids: over.key_ids,
        }
    }
}

fn number(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

fn found_in_words(over: &Over) -> String {
    let (most, found) = (over.most, over.found.unwrap_or_default());
    let keys = number(over.keys, "key", "keys");
    match over.maximum {
        Maximum::Keys => format!("{} that haven't ended; the plan has room for {most}", number(found, "key", "keys")),
        Maximum::Projects => format!("{}; the plan has room for {most}", number(found, "project", "projects")),
        Maximum::LimitsPerKey => format!("{keys} with up to {found} limits; the plan lets a key have {most}"),
        Maximum::SharedLimits => {
            format!("{} that keys share; the plan has room for {most}", number(found, "limit", "limits"))
        }
        Maximum::RatePerSecond => format!("{keys} without a limit of at most {most} in a second"),
        Maximum::UsageDays => format!("usage of {found} days; the plan keeps that of {most}"),
        Maximum::DecisionDays => format!("logged decisions of {found} days; the plan keeps those of {most}"),
        Maximum::DecisionLog => "logged decisions are kept; the plan keeps none".to_owned(),
        Maximum::AnomalyResponses => {
            format!("{} to anomalies; the plan has none", number(found, "response", "responses"))
        }
        Maximum::Webhooks => format!("{}; the plan has none", number(found, "webhook", "webhooks")),
        Maximum::MutualTls => format!("{keys} that certificates present; the plan has no certificates"),
        Maximum::Delegation => format!("{keys} derived from others; the plan derives none"),
        other => format!("{found} of {other}; the plan has room for {most}"),
    }
}

const fn afterwards(maximum: Maximum) -> &'static str {
    match maximum {
        Maximum::Keys => "they go on; no key is made until enough have ended",
        Maximum::Projects => "they go on; no project is made",
        Maximum::SharedLimits => "they go on; no limit is attached to the organisation, a project or an owner",
        Maximum::LimitsPerKey | Maximum::RatePerSecond => "they go on; they can't be changed but to fit",
        Maximum::UsageDays | Maximum::DecisionDays => "what is older is forgotten",
        Maximum::DecisionLog => "no further decision is kept",
        Maximum::AnomalyResponses => "anomalies are told, and nothing else is done about them",
        Maximum::Webhooks => "they are disabled",
        Maximum::MutualTls => "they go on; no certificate is added",
        Maximum::Delegation => "they go on; no key is derived",
        _ => "it is refused",
    }
}

/// What a plan has no room for.
pub(crate) fn limit_in_words(limit: &PlanLimit) -> String {
    let PlanLimit { plan, maximum, most } = limit;
    let what = match maximum {
        Maximum::Keys => {
            format!("has room for {} that haven't ended, and as many are there", number(*most, "key", "keys"))
        }
        Maximum::Projects => format!("has room for {}, and as many are there", number(*most, "project", "projects")),
        Maximum::LimitsPerKey => format!("lets a key have {} at most", number(*most, "limit", "limits")),
        Maximum::SharedLimits => {
            format!("has room for {} that keys share, and as many are there", number(*most, "limit", "limits"))
        }
        Maximum::RatePerSecond => format!("lets a key through {most} times in a second, and no limit here says so"),
        Maximum::AnomalyResponses => "does nothing about anomalies but tell of them".to_owned(),
        Maximum::Webhooks => "has no webhooks".to_owned(),
        Maximum::MutualTls => "has no certificates that present keys".to_owned(),
        Maximum::Delegation => "derives no keys from others".to_owned(),
        Maximum::ComplianceReports => "has no compliance reports".to_owned(),
        other => format!("has `{other}` {most}"),
    };
    format!("plan `{plan}` {what}")
}

/// What to do about it.
pub(crate) fn limit_help(limit: &PlanLimit) -> String {
    let first = match limit.maximum {
        Maximum::Keys => "revoke a key that nobody needs",
        Maximum::Projects => "use a project that is there",
        Maximum::LimitsPerKey => "leave limits out",
        Maximum::SharedLimits => "remove or change a limit that is there (argus limit list)",
        Maximum::RatePerSecond => return rate_help(limit.most),
        Maximum::AnomalyResponses => "leave `notify` alone",
        Maximum::Webhooks => "name an address of e-mail",
        Maximum::MutualTls => "use a secret or a public key",
        Maximum::Delegation => "let an owner of the organisation make a key of its own",
        _ => "do without",
    };
    format!("{first}, or {OTHER_PLAN}")
}

const OTHER_PLAN: &str = "ask whoever runs Argus for another plan";

fn rate_help(most: u64) -> String {
    format!("give the key a limit of at most {most} in 1 second, or {} in 60, or {OTHER_PLAN}", most.saturating_mul(60))
}
