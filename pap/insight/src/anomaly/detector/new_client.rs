//! A client that was never seen, beside another sign. Alone it is an upgrade, and nobody's business.

use serde::{Deserialize, Serialize};

use super::super::alert::{Detector, Finding, Severity, Suggestion};
use super::super::book::cut;
use super::super::numbers::{HOUR, Seconds};
use super::super::observation::Observation;
use super::super::profile::{Learning, Profile};
use super::super::recent::{Recent, short_hash};

/// When it tells.
#[derive(Debug, Clone)]
pub struct Parameters {
    /// Two weeks and 200 uses.
    pub learning: Learning,
    /// The other sign is at most so many hours away.
    pub hours: u32,
}

impl Default for Parameters {
    fn default() -> Self {
        Self { learning: Learning::default(), hours: 1 }
    }
}

/// What it remembers: the clients, the last new one, and the last other sign.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(in super::super) struct Memory {
    clients: Recent<32>,
    new: Option<(Seconds, String)>,
    sign: Option<Seconds>,
}

impl Memory {
    /// `has_sign`: whether another detector has found something in the same observation. `signs` are those that have
    /// within the hours.
    pub(in super::super) fn observe(
        &mut self,
        profile: &Profile,
        seen: &Observation<'_>,
        (has_sign, signs): (bool, &[Detector]),
        parameters: &Parameters,
    ) -> Option<Finding> {
        if has_sign {
            self.sign = Some(profile.now);
        }
        if let Some(client) = seen.client.filter(|_| seen.succeeded()) {
            let (at_home, first) = (self.clients.is_full(), self.clients.count() == 0);
            let is_new = self.clients.note(short_hash(client), profile.now);
            if is_new && !at_home && !first && profile.has_learned(&parameters.learning) {
                self.new = Some((profile.now, cut(client, 40)));
            }
        }
        let (at, client) = self.new.as_ref()?;
        let apart = (self.sign? - at).abs();
        if apart > i64::from(parameters.hours) * HOUR {
            return None;
        }
        let finding = Finding {
            detector: Detector::NewClient,
            severity: Severity::Medium,
            score: 1.0,
            baseline: 0.0,
            observed: 1.0,
            explanation: format!("client `{client}` was never seen before, within the hour of {}", beside(signs)),
            suggestion: Suggestion::Notify,
        };
        self.new = None;
        Some(finding)
    }
}

/// The other signs by their names; the most is said within what an explanation has room for.
fn beside(signs: &[Detector]) -> String {
    let names: Vec<_> = signs.iter().take(3).map(Detector::to_string).collect();
    match (names.is_empty(), signs.len().saturating_sub(names.len())) {
        (true, _) => "another sign".to_owned(),
        (false, 0) => names.join(", "),
        (false, more) => format!("{} and {more} more", names.join(", ")),
    }
}
