//! `conditions`: when a level grants anything at all. What is kept is the canonical form of what was sent.

use argus_engine::types::{IpPattern, Window};
use argus_store::Conditions;

use super::{Fields, countries};
use crate::FaultCode;

/// The most of each sort. A rule is looked at in every decision.
const MOST: usize = 256;

/// Reads the member `conditions`. Faults are noted.
pub(crate) fn conditions(fields: &mut Fields) -> Conditions {
    let Some(mut within) = fields.object("conditions") else { return Conditions::default() };
    let conditions = Conditions {
        networks: read(&mut within, "networks", network),
        countries: read(&mut within, "countries", country),
        windows: read(&mut within, "windows", window),
        network_types: read(&mut within, "network_types", network_type),
        // What isn't asked for is no rule.
        device: within.flag("device_compliant").filter(|is_asked| *is_asked),
    };
    fields.absorb(within);
    conditions
}

/// What is wrong with a text, and what to do.
type Refusal = (String, Option<String>);

/// Reads a list, each text by `one`; what is there twice is kept once.
fn read(fields: &mut Fields, member: &'static str, one: fn(&str) -> Result<String, Refusal>) -> Vec<String> {
    let texts = fields.texts(member);
    if texts.len() > MOST {
        let detail = format!("{} are too many: at most {MOST} are looked at in each decision", texts.len());
        fields.fault(member, FaultCode::InvalidField, detail, None);
        return Vec::new();
    }
    let mut values = Vec::with_capacity(texts.len());
    for (at, text) in texts {
        match one(&text) {
            Ok(value) if !values.contains(&value) => values.push(value),
            Ok(_) => {}
            Err((detail, help)) => fields.fault(&at, FaultCode::InvalidField, detail, help),
        }
    }
    values
}

fn network(text: &str) -> Result<String, Refusal> {
    let no_network = |detail: String| (detail, Some("write `10.0.0.0/8`, `192.0.2.7` or `[2001:db8::]/32`".to_owned()));
    let pattern = IpPattern::parse(text).map_err(|_| no_network(format!("`{}` is no network", text.escape_debug())))?;
    if pattern.ports().is_some() {
        return Err(no_network(format!(
            "`{}` names ports, which a rule about addresses has none of",
            text.escape_debug()
        )));
    }
    Ok(pattern.to_string())
}

fn country(text: &str) -> Result<String, Refusal> {
    if countries::is_country(text) {
        return Ok(text.to_owned());
    }
    let help = countries::meant(text)
        .map_or_else(|| "write two capitals, such as `DE`".to_owned(), |code| format!("write `{code}`"));
    Err((format!("`{}` is no country of ISO 3166-1 alpha-2", text.escape_debug()), Some(help)))
}

fn window(text: &str) -> Result<String, Refusal> {
    Window::parse(text)
        .map(|window| window.to_string())
        .map_err(|error| (format!("`{}` is no window of time: {error}", text.escape_debug()), None))
}

/// Enforcement points name the types; what they have in common is that they are words.
fn network_type(text: &str) -> Result<String, Refusal> {
    if super::is_name(text) {
        return Ok(text.to_owned());
    }
    let help = "write a word such as `corporate`, `vpn` or `mobile`, as the enforcement points report it".to_owned();
    Err((format!("`{}` is no type of network", text.escape_debug()), Some(help)))
}
