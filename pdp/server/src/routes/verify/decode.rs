//! The body of `POST /v1/verify`, read strictly: every fault of it is named, with its place, and none is quoted.

use std::borrow::Cow;
use std::fmt;
use std::net::IpAddr;

use argus_credentials::certificate::CertificateChain;
use argus_engine::scope::ResourcePath;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use smallvec::SmallVec;

use crate::context::read_certificate;
use crate::http::problem::{FieldError, Problem};

/// Characters of the longest name that a client gives itself. Less of it is kept.
pub(in crate::routes) const LONGEST_USER_AGENT: usize = 1_000;

/// What is asked.
#[derive(Debug)]
pub(in crate::routes) struct Question<'b> {
    pub(in crate::routes) credential: Cow<'b, str>,
    pub(in crate::routes) action: Cow<'b, str>,
    pub(in crate::routes) resource: Cow<'b, str>,
    pub(in crate::routes) context: Context<'b>,
    /// What the use counts for, where the request says.
    pub(in crate::routes) cost: Option<u64>,
}

/// What is known of the client.
#[derive(Debug, Default)]
pub(in crate::routes) struct Context<'b> {
    pub(in crate::routes) ip: Option<IpAddr>,
    pub(in crate::routes) network: Option<Cow<'b, str>>,
    pub(in crate::routes) device_compliant: Option<bool>,
    /// What the client calls itself: for policies, and for whoever rotates a key and is told who still uses its older
    /// secret.
    pub(in crate::routes) user_agent: Option<Cow<'b, str>>,
    /// What the client has shown to the enforcement point, and proved to be its own.
    pub(in crate::routes) certificate: Option<CertificateChain>,
}

/// The members of an object, their values not yet read.
struct Members<'b>(SmallVec<[(Cow<'b, str>, &'b RawValue); 6]>);

/// A JSON string, borrowed where nothing in it is escaped.
struct Text<'b>(Cow<'b, str>);

/// The faults found so far, all of which are reported.
#[derive(Default)]
struct Faults(Vec<FieldError>);

/// Reads the body.
pub(super) fn decode(body: &[u8]) -> Result<Question<'_>, Problem> {
    let text = std::str::from_utf8(body).map_err(|_| Problem::malformed_body("the body is not UTF-8"))?;
    let members: Members<'_> = serde_json::from_str(text).map_err(|error| malformed(&error))?;
    let mut faults = Faults::default();
    let [credential, action, resource, context, cost] =
        faults.pick(members, "", ["credential", "action", "resource", "context", "cost"]);
    let action = faults.required_text("/action", action);
    let resource = faults.required_text("/resource", resource);
    if let Some(Err(error)) = resource.as_deref().map(ResourcePath::parse) {
        faults.invalid("/resource", error.to_string());
    }
    let context = context.map(|context| faults.context(context)).unwrap_or_default();
    // A certificate is enough.
    let credential = match (credential, &context.certificate) {
        (None, Some(_)) => Some(Cow::Borrowed("")),
        (credential, _) => faults.required_text("/credential", credential),
    };
    let cost = cost.and_then(|cost| faults.cost(cost));
    match (credential, action, resource) {
        (Some(credential), Some(action), Some(resource)) if faults.0.is_empty() => {
            Ok(Question { credential, action, resource, context, cost })
        }
        _ => Err(Problem::fields(faults.0)),
    }
}

impl Faults {
    /// The values of the known members, in the order of their names. The others are faults, as is one that stands there
    /// twice.
    fn pick<'b, const N: usize>(
        &mut self,
        members: Members<'b>,
        parent: &str,
        names: [&'static str; N],
    ) -> [Option<&'b RawValue>; N] {
        let mut values = [None; N];
        for (name, value) in members.0 {
            let place = names.iter().position(|known| *known == name);
            match place.and_then(|place| values.get_mut(place)) {
                None => {
                    let help = format!("known are {}", names.map(|name| format!("`{name}`")).join(", "));
                    self.0.push(FieldError::unknown(format!("{parent}/{}", pointer_token(&name)), help));
                }
                Some(Some(_)) => self.invalid(&format!("{parent}/{name}"), "stands there twice"),
                Some(free) => *free = Some(value),
            }
        }
        values
    }

    fn invalid(&mut self, pointer: &str, detail: impl Into<String>) {
        self.0.push(FieldError::invalid(pointer, detail));
    }

    fn required_text<'b>(&mut self, pointer: &str, value: Option<&'b RawValue>) -> Option<Cow<'b, str>> {
        if value.is_none() {
            self.invalid(pointer, "is required");
        }
        self.text(pointer, value?)
    }

    fn text<'b>(&mut self, pointer: &str, value: &'b RawValue) -> Option<Cow<'b, str>> {
        let text = serde_json::from_str::<Text<'_>>(value.get()).ok();
        if text.is_none() {
            self.invalid(pointer, "is a string");
        }
        text.map(|text| text.0)
    }

    fn object<'b>(&mut self, pointer: &str, value: &'b RawValue) -> Option<Members<'b>> {
        let members = serde_json::from_str(value.get()).ok();
        if members.is_none() {
            self.invalid(pointer, "is an object");
        }
        members
    }

    fn context<'b>(&mut self, value: &'b RawValue) -> Context<'b> {
        let Some(members) = self.object("/context", value) else { return Context::default() };
        let names = ["ip", "network", "device", "client_certificate", "user_agent"];
        let [ip, network, device, certificate, user_agent] = self.pick(members, "/context", names);
        Context {
            ip: ip.and_then(|ip| self.ip(ip)),
            network: network.and_then(|network| self.text("/context/network", network)),
            device_compliant: device.and_then(|device| self.device(device)),
            certificate: certificate.and_then(|certificate| self.certificate(certificate)),
            user_agent: user_agent.and_then(|user_agent| self.user_agent(user_agent)),
        }
    }

    fn ip(&mut self, value: &RawValue) -> Option<IpAddr> {
        let ip = self.text("/context/ip", value)?.parse().ok();
        if ip.is_none() {
            self.invalid("/context/ip", "is an address such as `203.0.113.7` or `2001:db8::7`");
        }
        ip
    }

    fn certificate(&mut self, value: &RawValue) -> Option<CertificateChain> {
        let certificate = read_certificate(&self.text("/context/client_certificate", value)?).ok();
        if certificate.is_none() {
            self.invalid("/context/client_certificate", "is a certificate in DER, in base64");
        }
        certificate
    }

    fn user_agent<'b>(&mut self, value: &'b RawValue) -> Option<Cow<'b, str>> {
        let text = self.text("/context/user_agent", value)?;
        let is_line = !text.is_empty() && !text.chars().any(char::is_control);
        if !is_line || text.chars().nth(LONGEST_USER_AGENT).is_some() {
            self.invalid("/context/user_agent", "has 1 to 1000 characters, in one line");
            return None;
        }
        Some(text)
    }

    fn device(&mut self, value: &RawValue) -> Option<bool> {
        let members = self.object("/context/device", value)?;
        let [compliant] = self.pick(members, "/context/device", ["compliant"]);
        match compliant?.get() {
            "true" => Some(true),
            "false" => Some(false),
            _ => {
                self.invalid("/context/device/compliant", "is true or false");
                None
            }
        }
    }

    /// A whole number, written as one: `1.0` and `1e3` are no prices.
    fn cost(&mut self, value: &RawValue) -> Option<u64> {
        let cost = value.get().parse::<i64>().ok().and_then(|cost| u64::try_from(cost).ok());
        if cost.is_none() {
            self.invalid("/cost", "is an integer from 0 to 9223372036854775807");
        }
        cost
    }
}

/// What serde says of syntax quotes nothing; what it says of types quotes the value, which may be a key.
fn malformed(error: &serde_json::Error) -> Problem {
    if error.is_syntax() || error.is_eof() {
        return Problem::malformed_body(format!("the body is not JSON: {error}"));
    }
    Problem::malformed_body("the body is a JSON object")
}

/// A name as a token of a JSON Pointer (RFC 6901 §3), cut where it is no name of anything.
fn pointer_token(name: &str) -> String {
    if name.contains("argus_") {
        return "…".into();
    }
    let short: String = name.chars().take(64).collect();
    short.replace('~', "~0").replace('/', "~1")
}

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;

        impl<'de> Visitor<'de> for Object {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = SmallVec::new();
                while let Some(Text(name)) = map.next_key()? {
                    members.push((name, map.next_value()?));
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(Object)
    }
}

impl<'de> Deserialize<'de> for Text<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Characters;

        impl<'de> Visitor<'de> for Characters {
            type Value = Text<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Text(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }
        }

        deserializer.deserialize_str(Characters)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"{"credential": "k", "action": "read", "resource": "acme/atlas/evidence/42",
        "context": {"ip": "203.0.113.7", "network": "corporate", "device": {"compliant": true},
        "user_agent": "curl/8.5.0"}, "cost": 1}"#;

    #[test]
    fn the_whole_contract_is_read() {
        let question = decode(GOOD.as_bytes()).unwrap();
        assert_eq!(
            (&*question.credential, &*question.action, &*question.resource),
            ("k", "read", "acme/atlas/evidence/42")
        );
        assert_eq!(question.context.ip, Some("203.0.113.7".parse().unwrap()));
        assert_eq!(
            (question.context.network.as_deref(), question.context.device_compliant),
            (Some("corporate"), Some(true))
        );
        assert_eq!(question.context.user_agent.as_deref(), Some("curl/8.5.0"));
    }

    #[test]
    fn what_a_client_calls_itself_is_a_line_of_some_length() {
        let decoded = |agent: &str| {
            let context = serde_json::json!({ "user_agent": agent });
            let body = serde_json::json!({"credential": "k", "action": "read", "resource": "acme", "context": context});
            decode(body.to_string().as_bytes()).is_ok()
        };
        assert!(decoded("ä") && decoded(&"ä".repeat(1_000)));
        for agent in ["", "a\nb", "\u{0}", &"a".repeat(1_001)] {
            assert!(!decoded(agent), "{agent:?}");
        }
    }

    #[test]
    fn context_and_cost_may_be_left_out() {
        let question = decode(br#"{"credential":"\u006b","action":"read","resource":"acme"}"#).unwrap();
        assert_eq!(&*question.credential, "k");
        assert!(question.context.ip.is_none() && question.context.network.is_none());
    }
}
