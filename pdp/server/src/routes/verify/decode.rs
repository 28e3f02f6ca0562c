//! The body of `POST /v1/verify`, read strictly: every fault of it is named, with its place, and none is quoted.

use std::borrow::Cow;
use std::net::IpAddr;

use argus_credentials::certificate::CertificateChain;
use argus_engine::scope::ResourcePath;
use serde_json::value::RawValue;

use crate::context::read_certificate;
use crate::http::problem::Problem;
use crate::routes::members::{Faults, Members};

/// Seconds that a use may take until it is settled.
const LONGEST_RESERVATION: u64 = 3_600;

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
    /// For how many seconds that is the most that it may come to, and not yet what it does.
    pub(in crate::routes) reserve_seconds: Option<u64>,
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

/// Reads the body.
pub(super) fn decode(body: &[u8]) -> Result<Question<'_>, Problem> {
    let members = Members::read(body)?;
    let mut faults = Faults::default();
    let names = ["credential", "action", "resource", "context", "cost", "reserve_seconds"];
    let [credential, action, resource, context, cost, reserve] = faults.pick(members, "", names);
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
    let cost = cost.and_then(|cost| faults.amount("/cost", cost));
    let reserve_seconds = reserve.and_then(|seconds| faults.reserve_seconds(seconds, cost));
    match (credential, action, resource) {
        (Some(credential), Some(action), Some(resource)) if faults.0.is_empty() => {
            Ok(Question { credential, action, resource, context, cost, reserve_seconds })
        }
        _ => Err(Problem::fields(faults.0)),
    }
}

impl Faults {
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

    fn reserve_seconds(&mut self, value: &RawValue, cost: Option<u64>) -> Option<u64> {
        let seconds = self.amount("/reserve_seconds", value)?;
        if !(1..=LONGEST_RESERVATION).contains(&seconds) {
            self.invalid("/reserve_seconds", format!("is from 1 to {LONGEST_RESERVATION}"));
        }
        if cost.is_none() {
            self.invalid("/cost", "is needed beside `reserve_seconds`: the most that the use may come to");
        }
        Some(seconds)
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
