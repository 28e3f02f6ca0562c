//! `argus org create|list|show|update`

pub(super) mod plan;

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::client::{Client, ConditionFlags, Patch, age, date, duration_in_words, items, read_duration, table, text};
use crate::console::{Console, Output};
use crate::exit::Exit;
use crate::failure::Failure;

/// Make, list, show and update organisations.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  argus org create acme")]
pub(crate) struct Org {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Make an organisation.
    #[command(after_help = "Examples:\n  argus org create acme --display-name 'ACME Ltd'\n  \
        argus org create acme --max-age 365d --max-idle 90d --rotate-every 30d")]
    Create(Box<Create>),
    /// List all organisations.
    #[command(after_help = "Example:\n  argus org list")]
    List,
    /// Show an organisation.
    #[command(after_help = "Example:\n  argus org show acme")]
    Show {
        /// Its name.
        name: String,
    },
    /// Change an organisation. What isn't named stays as it is.
    #[command(after_help = "Examples:\n  argus org update acme --max-idle 90d\n  \
        argus org update acme --respond suspend:critical --respond rotate:medium:dormant\n  \
        argus org update acme --plan professional --dry-run")]
    Update(Box<Update>),
}

/// What an organisation begins as.
#[derive(Debug, Args)]
struct Create {
    /// Its name: small letters, digits, `-`, `_` and `.`.
    name: String,
    /// What people call it.
    #[arg(long, value_name = "TEXT")]
    display_name: Option<String>,
    /// Whose days and months its quotas follow, such as Europe/Berlin; UTC unless set.
    #[arg(long, value_name = "ZONE")]
    time_zone: Option<String>,
    #[command(flatten)]
    policy: PolicyFlags,
    #[command(flatten)]
    conditions: ConditionFlags,
}

/// What an organisation is to become.
#[derive(Debug, Args)]
struct Update {
    /// Its name.
    name: String,
    /// What people call it.
    #[arg(long, value_name = "TEXT")]
    display_name: Option<String>,
    /// Whose days and months its quotas follow, such as Europe/Berlin. A period that has begun ends as it would have.
    #[arg(long, value_name = "ZONE")]
    time_zone: Option<String>,
    /// What it may have at most, from argus plan list. A lower one stops no key: see argus help plans.
    #[arg(long, value_name = "PLAN")]
    plan: Option<String>,
    /// With --plan: say what would be over it, and change nothing.
    #[arg(long, requires = "plan")]
    dry_run: bool,
    #[command(flatten)]
    policy: PolicyFlags,
    #[command(flatten)]
    conditions: ConditionFlags,
    /// Unset this; repeat for more.
    #[arg(long, value_name = "WHAT", value_parser = [
        "display_name", "time_zone", "plan", "conditions", "conditions.networks", "conditions.countries", "conditions.windows",
        "conditions.network_types", "conditions.device_compliant", "policy", "policy.max_age_seconds",
        "policy.max_idle_seconds", "policy.rotation_interval_seconds", "policy.grace_seconds",
        "policy.responses", "policy.holidays",
    ])]
    unset: Vec<String>,
}

impl Update {
    fn run(self, client: &Client) -> Result<Value, Failure> {
        let found = find(client, &self.name)?;
        if self.dry_run {
            return plan::standing(client, &found, self.plan.as_deref());
        }
        let (mut patch, mut policy) = (Patch::default(), Patch::default());
        policy.set("max_age_seconds", age(self.policy.max_age)).set("max_idle_seconds", age(self.policy.max_idle));
        policy.set("rotation_interval_seconds", age(self.policy.rotate_every));
        policy.set("grace_seconds", age(self.policy.grace));
        policy.set("responses", self.policy.responses()).set("holidays", self.policy.holidays());
        patch.set("display_name", self.display_name).set("time_zone", self.time_zone).set("plan", self.plan);
        patch.set_within("conditions", self.conditions.to_json());
        patch.set_within("policy", policy.into_value()).unset(&self.unset);
        let patch = patch.finish()?;
        let path = format!("/v1/organisations/{}", text(&found, "id"));
        let (_, tag) = client.get_tagged(&path)?;
        client.patch(&path, &tag, &patch)
    }
}

/// What an organisation asks of the life of its keys.
#[derive(Debug, Args)]
struct PolicyFlags {
    /// How old its keys may become, such as 365d: older ones expire.
    #[arg(long, value_name = "DURATION", value_parser = read_duration)]
    max_age: Option<u64>,
    /// How long its keys may be unused, such as 90d: idle ones expire.
    #[arg(long, value_name = "DURATION", value_parser = read_duration)]
    max_idle: Option<u64>,
    /// How often its keys get a new secret where they don't say, such as 30d.
    #[arg(long, value_name = "DURATION", value_parser = read_duration)]
    rotate_every: Option<u64>,
    /// How long an older secret is good beside a new one where the key doesn't say, such as 24h; at most 30d.
    #[arg(long, value_name = "DURATION", value_parser = read_duration)]
    grace: Option<u64>,
    /// What is done when the use of a key stands out: notify, rotate, suspend or revoke; then the severity from which
    /// on, and the one detector, if not all. Repeat for more.
    #[arg(long, value_name = "RESPONSE:SEVERITY[:DETECTOR]", value_parser = read_response)]
    respond: Vec<ResponseRule>,
    /// A day on which its keys rest, such as 2026-12-25, or days, such as 2026-12-24/2027-01-01: neither silence nor an
    /// unusual volume is told of then. Repeat for more.
    #[arg(long, value_name = "DAY[/DAY]")]
    holiday: Vec<String>,
}

/// What is done about an anomaly; the server knows the words.
#[derive(Debug, Clone)]
struct ResponseRule(Value);

fn read_response(text: &str) -> Result<ResponseRule, String> {
    let parts: Vec<&str> = text.split(':').collect();
    match parts[..] {
        [response, severity] => Ok(ResponseRule(json!({"response": response, "severity": severity}))),
        [response, severity, detector] => {
            Ok(ResponseRule(json!({"response": response, "severity": severity, "detector": detector})))
        }
        _ => Err("write it like suspend:high or revoke:critical:shared-key".to_owned()),
    }
}

impl PolicyFlags {
    /// The rules, where any was given: they are set as a whole.
    fn responses(&self) -> Option<Vec<Value>> {
        let rules: Vec<_> = self.respond.iter().map(|rule| rule.0.clone()).collect();
        (!rules.is_empty()).then_some(rules)
    }

    /// The calendar, where any day was given: it is set as a whole.
    fn holidays(&self) -> Option<&[String]> {
        (!self.holiday.is_empty()).then_some(&self.holiday[..])
    }

    fn to_json(&self) -> Value {
        json!({
            "max_age_seconds": self.max_age,
            "max_idle_seconds": self.max_idle,
            "rotation_interval_seconds": self.rotate_every,
            "grace_seconds": self.grace,
            "responses": self.responses(),
            "holidays": self.holidays(),
        })
    }
}

impl Org {
    pub(super) fn run(self, console: &Console) -> Result<Exit, Failure> {
        let output = console.output(&[Output::Human, Output::Json])?;
        let client = Client::administration(console)?;
        let answer = match self.verb {
            Verb::Create(create) => {
                let Create { name, display_name, time_zone, policy, conditions } = *create;
                let (conditions, policy) = (conditions.to_json(), policy.to_json());
                let body = json!({
                    "name": name, "display_name": display_name, "time_zone": time_zone, "conditions": conditions,
                    "policy": policy,
                });
                client.post("/v1/organisations", &body)?
            }
            Verb::List => client.list("/v1/organisations", &[])?,
            Verb::Show { name } => show(&client, &name)?,
            Verb::Update(update) => update.run(&client)?,
        };
        if output == Output::Json {
            console.print_json(&answer)?;
        } else if answer.get("items").is_some() {
            console.print(as_table(&answer))?;
        } else if answer.get("has").is_some() {
            console.print(plan::preview_in_words(&answer))?;
        } else {
            console.print(in_words(&answer))?;
        }
        Ok(Exit::Done)
    }
}

/// An organisation, with what it has more of than its plan lets it.
fn show(client: &Client, name: &str) -> Result<Value, Failure> {
    let mut found = find(client, name)?;
    let mut standing = plan::standing(client, &found, None)?;
    if let (Some(members), Some(over)) = (found.as_object_mut(), standing.get_mut("over")) {
        members.insert("over".to_owned(), over.take());
    }
    Ok(found)
}

fn find(client: &Client, name: &str) -> Result<Value, Failure> {
    let found = client.get("/v1/organisations", &[("name", name)])?;
    let first = items(&found).first().cloned();
    first.ok_or_else(|| {
        Failure::new(Exit::No, "not-found", format!("there is no organisation `{name}`"))
            .help("argus org list shows those there are")
    })
}

fn in_words(organisation: &Value) -> String {
    let display = text(organisation, "display_name");
    let display = if display.is_empty() { String::new() } else { format!(" ({display})") };
    let (name, zone) = (text(organisation, "name"), text(organisation, "time_zone"));
    let zone = if zone == "UTC" { String::new() } else { format!("its quotas follow the calendar of {zone}\n") };
    // What was just made has nothing that could be over its plan.
    let plan = organisation.get("over").map(|_| plan::in_words(organisation)).unwrap_or_default();
    format!("organisation {name}{display}\n{zone}{}{plan}", policy_in_words(organisation))
}

/// What it asks of the life of its keys; nothing where it asks nothing.
fn policy_in_words(organisation: &Value) -> String {
    let policy = organisation.get("policy").unwrap_or(&Value::Null);
    let asked = [
        ("max_age_seconds", "keys expire when they are older than"),
        ("max_idle_seconds", "keys expire when nobody has used them for"),
        ("rotation_interval_seconds", "keys get a new secret every"),
        ("grace_seconds", "an older secret is good beside a new one for"),
    ];
    let line = |(member, words): (&str, &str)| {
        let seconds = policy.get(member).and_then(Value::as_u64)?;
        Some(format!("{words} {}\n", duration_in_words(seconds)))
    };
    let rule = |rule: &Value| {
        let detector = Some(text(rule, "detector")).filter(|name| !name.is_empty());
        let of = detector.map_or("all detectors".to_owned(), |name| format!("detector {name}"));
        format!("anomalies of {of}, from {} on: {}\n", text(rule, "severity"), text(rule, "response"))
    };
    let rules = policy.get("responses").and_then(Value::as_array).into_iter().flatten().map(rule);
    let days = policy.get("holidays").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    let days: Vec<_> = days.collect();
    let rest = (!days.is_empty()).then(|| format!("its keys rest on: {}\n", days.join(", ")));
    asked.into_iter().filter_map(line).chain(rules).chain(rest).collect()
}

fn as_table(list: &Value) -> String {
    let row = |organisation: &Value| {
        let made = date(text(organisation, "created_at")).unwrap_or_default();
        [text(organisation, "name").to_owned(), text(organisation, "display_name").to_owned(), made]
    };
    table(["NAME", "CALLED", "MADE"], items(list).iter().map(row).collect())
}
