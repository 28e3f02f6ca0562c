//! The alerts of one key: at most one for each detector, until it is over.
//!
//! A sign of what is already told is counted, not told again. An alert is over when its sign has not been seen for
//! [`SETTLES_SECONDS`]; the next sign is then news. An acknowledged alert stays silent until it is over, a snoozed one
//! until its time.

use serde::{Deserialize, Serialize};

use super::alert::{Alert, Detector, Finding, State};
use super::numbers::{DAY, Seconds};
use super::observation::Observation;

/// An alert whose sign has not been seen for so long is over.
pub const SETTLES_SECONDS: i64 = DAY;

/// How long a request's id, an explanation and a reason may be: what is remembered is bounded.
const TEXT_BYTES: usize = 160;
const REASON_BYTES: usize = 100;
const REQUEST_BYTES: usize = 40;

/// The alerts that stand.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Book {
    alerts: Vec<Alert>,
}

impl Book {
    /// Those that stand at a time, the newest last.
    pub fn standing(&self, at: i64) -> impl Iterator<Item = &Alert> {
        self.alerts.iter().filter(move |alert| !is_over(alert, at))
    }

    /// The detectors whose signs were seen at a time or later.
    pub(super) fn seen_since(&self, at: Seconds) -> impl Iterator<Item = Detector> {
        self.alerts.iter().filter(move |alert| alert.last >= at).map(|alert| alert.finding.detector)
    }

    /// Notes a finding. `Some` where it is news.
    pub(super) fn note(&mut self, finding: Finding, at: Seconds, seen: Option<&Observation<'_>>) -> Option<Alert> {
        self.alerts.retain(|alert| !is_over(alert, at));
        let request = seen.map(|seen| cut(seen.request, REQUEST_BYTES)).filter(|request| !request.is_empty());
        if let Some(alert) = self.alerts.iter_mut().find(|alert| alert.finding.detector == finding.detector) {
            alert.last = alert.last.max(at);
            alert.times = alert.times.saturating_add(1);
            if alert.requests.len() < Alert::REQUESTS {
                alert.requests.extend(request);
            }
            if finding.score > alert.finding.score {
                alert.finding = shortened(finding);
            }
            if matches!(alert.state, State::Snoozed { until } if until <= at) {
                alert.state = State::Open;
                return Some(alert.clone());
            }
            return None;
        }
        let requests = request.into_iter().collect();
        let alert = Alert { finding: shortened(finding), since: at, last: at, times: 1, requests, state: State::Open };
        self.alerts.push(alert.clone());
        Some(alert)
    }

    /// Somebody has looked. `false` where nothing stands.
    pub(super) fn acknowledge(&mut self, detector: Detector, reason: &str) -> bool {
        self.set(detector, &State::Acknowledged { reason: cut(reason, REASON_BYTES) })
    }

    /// Not to be told again before a time. `false` where nothing stands.
    pub(super) fn snooze(&mut self, detector: Detector, until: Seconds) -> bool {
        self.set(detector, &State::Snoozed { until })
    }

    /// Takes out what was false.
    pub(super) fn take(&mut self, detector: Detector) -> Option<Alert> {
        let at = self.alerts.iter().position(|alert| alert.finding.detector == detector)?;
        Some(self.alerts.remove(at))
    }

    fn set(&mut self, detector: Detector, state: &State) -> bool {
        let found = self.alerts.iter_mut().find(|alert| alert.finding.detector == detector);
        found.map(|alert| alert.state = state.clone()).is_some()
    }
}

/// A snoozed alert is not over before its time, or its next sign would be told.
fn is_over(alert: &Alert, at: Seconds) -> bool {
    let snoozed = matches!(alert.state, State::Snoozed { until } if until > at);
    !snoozed && at - alert.last > SETTLES_SECONDS
}

fn shortened(mut finding: Finding) -> Finding {
    finding.explanation = cut(&finding.explanation, TEXT_BYTES);
    finding
}

/// The first so many bytes, at the end of a character.
pub(super) fn cut(text: &str, bytes: usize) -> String {
    let fits = |(at, character): &(usize, char)| at + character.len_utf8() <= bytes;
    text.char_indices().take_while(fits).map(|(_, character)| character).collect()
}

#[cfg(test)]
mod tests {
    use super::super::alert::{Severity, Suggestion};
    use super::*;

    fn finding(score: f64) -> Finding {
        Finding {
            detector: Detector::Volume,
            severity: Severity::High,
            score,
            baseline: 1.0,
            observed: 9.0,
            explanation: "much".into(),
            suggestion: Suggestion::Notify,
        }
    }

    #[test]
    fn what_is_told_is_not_told_again_until_it_is_over() {
        let mut book = Book::default();
        assert!(book.note(finding(1.0), 0, None).is_some());
        assert!(book.note(finding(3.0), DAY, None).is_none());
        let standing: Vec<_> = book.standing(DAY).collect();
        assert_eq!((standing.len(), standing[0].times), (1, 2));
        assert!((standing[0].finding.score - 3.0).abs() < 1e-9, "the strongest stands");
        assert!(book.note(finding(1.0), 3 * DAY, None).is_some());
    }

    #[test]
    fn an_acknowledged_alert_stays_silent_and_a_snoozed_one_returns_after_its_time() {
        let mut book = Book::default();
        assert!(!book.acknowledge(Detector::Volume, "nothing stands"));
        book.note(finding(1.0), 0, None);
        assert!(book.acknowledge(Detector::Volume, "load test"));
        assert!(book.note(finding(9.0), 10, None).is_none());
        assert!(book.snooze(Detector::Volume, 5 * DAY));
        assert!(book.note(finding(1.0), 4 * DAY, None).is_none());
        assert!(book.note(finding(1.0), 5 * DAY, None).is_some());
    }

    #[test]
    fn a_text_is_cut_at_the_end_of_a_character() {
        assert_eq!(cut("aéé", 4), "aé");
        assert_eq!(cut("aé", 3), "aé");
    }
}
