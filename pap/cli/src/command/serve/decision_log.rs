//! Keeping a log of decisions: which of them, where, and without what.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use argus_insight::decisions::{DecisionLogging, ENTRIES, EntrySender, LogEntry, LogFile, LogTarget};
use argus_insight::queue::queue;
use argus_pdp::{DecisionLog, LoggedDecision, LoggedRequest, PolicyVersion, Reason, Redaction, Use, UsesNoted};
use argus_store::Store;
use argus_store::decision::{Decision, PolicySet};
use chrono::DateTime;

use super::failure::settings;
use crate::exit::Exit;
use crate::failure::Failure;

/// How large a file may be, unless told.
const FILE_BYTES: u64 = 100 << 20;

/// How many files there may be, unless told.
const FILES: u32 = 10;

/// The settings of the log.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct LogSettings {
    which: Which,
    target: Option<LogTarget>,
    /// How long decisions are kept in the store.
    pub(super) days: u32,
    redaction: Redaction,
}

/// The same as they are written.
pub(super) struct LogTexts {
    pub(super) which: Option<String>,
    pub(super) days: Option<u32>,
    pub(super) file: Option<PathBuf>,
    pub(super) file_bytes: Option<u64>,
    pub(super) files: Option<u32>,
    pub(super) redact: Option<String>,
}

/// Which decisions are logged.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Which {
    /// Those of a share of all answers.
    Share(f64),
    /// Whatever is no Permit.
    Denied,
}

/// What a decision point tells its decisions to.
#[derive(Debug)]
struct Sink {
    which: Which,
    redaction: Redaction,
    sender: EntrySender,
    /// The set that was last seen, as the store has it: the same for all decisions until policies change.
    policies: arc_swap::ArcSwapOption<(Arc<PolicyVersion>, Arc<PolicySet>)>,
}

impl LogSettings {
    pub(super) fn read(texts: LogTexts) -> Result<Self, Failure> {
        let days = texts.days.unwrap_or(30);
        if days > 3_650 {
            return Err(settings(format!("{days} days are too long for logged decisions to be kept"))
                .help("write a number up to 3650 in --decision-log-days (ARGUS_DECISION_LOG_DAYS)"));
        }
        let target = texts.file.map(|path| {
            if path == Path::new("-") {
                return LogTarget::Stdout;
            }
            let most_bytes = texts.file_bytes.unwrap_or(FILE_BYTES).max(1);
            LogTarget::File { path, most_bytes, most_files: texts.files.unwrap_or(FILES).max(1) }
        });
        Ok(Self { which: Which::read(texts.which.as_deref())?, target, days, redaction: redaction(texts.redact) })
    }
}

impl Which {
    fn read(text: Option<&str>) -> Result<Self, Failure> {
        let share = |percent: &str| percent.parse().ok().filter(|percent| (0.0..=100.0).contains(percent));
        match text {
            None | Some("off") => Ok(Self::Share(0.0)),
            Some("all") => Ok(Self::Share(1.0)),
            Some("denied") => Ok(Self::Denied),
            Some(text) => match text.strip_suffix('%').and_then(share) {
                Some(percent) => Ok(Self::Share(percent / 100.0)),
                None => Err(settings(format!("`{text}` doesn't say which decisions are logged"))
                    .help("write off, all, denied or a share such as 10% in --decision-log (ARGUS_DECISION_LOG)")),
            },
        }
    }

    const fn is_none(self) -> bool {
        matches!(self, Self::Share(share) if share <= 0.0)
    }
}

fn redaction(text: Option<String>) -> Redaction {
    let text = text.unwrap_or_default();
    let ids = text.split(',').map(str::trim).filter(|id| !id.is_empty());
    let (content, attributes): (Vec<&str>, Vec<&str>) = ids.partition(|id| *id == "content");
    Redaction { attributes: attributes.into_iter().map(str::to_owned).collect(), content: !content.is_empty() }
}

/// What decisions are told to, and what writes them.
pub(super) type Begun = (Arc<dyn DecisionLog>, DecisionLogging);

/// Begins to log, where anything is to be logged anywhere.
pub(super) fn begin(of: &LogSettings, store: &Store) -> Result<Option<Begun>, Failure> {
    let store = (of.days > 0).then(|| store.clone());
    if of.which.is_none() || (store.is_none() && of.target.is_none()) {
        return Ok(None);
    }
    let file = of.target.clone().map(LogFile::open).transpose();
    let file = file.map_err(|error| settings(format!("the log of decisions can't be written: {error}")))?;
    let (sender, queue) = queue(ENTRIES);
    let logging = DecisionLogging::begin(store, file, queue, |text| argus_credentials::redact(text).into_owned())
        .map_err(|error| Failure::new(Exit::Bug, "internal", format!("decisions can't be logged: {error}")))?;
    let (which, redaction) = (of.which, of.redaction.clone());
    let sink = Sink { which, redaction, sender, policies: arc_swap::ArcSwapOption::empty() };
    Ok(Some((Arc::new(sink), logging)))
}

impl DecisionLog for Sink {
    fn note(&self, of: &Use<'_>, decision: &LoggedDecision<'_>) {
        let is_wanted = match self.which {
            Which::Share(share) => decision.id.is_among(share),
            Which::Denied => of.decision != argus_engine::decision::Decision::Permit,
        };
        if is_wanted {
            let policies = self.policies(decision.policies);
            self.sender.send(LogEntry { decision: self.row(of, decision, &policies.digest), policies });
        }
    }

    fn noted(&self) -> UsesNoted {
        super::metering::noted(self.sender.tally())
    }
}

impl Sink {
    fn row(&self, of: &Use<'_>, logged: &LoggedDecision<'_>, policy_set: &str) -> Decision {
        let LoggedRequest { json: request, redacted } = logged.request(&self.redaction);
        let (policy_id, policy_version) = logged.policy();
        let is_kept = |id: &str| !self.redaction.attributes.iter().any(|redacted| redacted == id);
        let kept = |text: Option<&str>, id: &str| text.filter(|_| is_kept(id)).map(str::to_owned);
        let id = logged.id;
        Decision {
            id: logged.place.map_or_else(|| id.to_string(), |place| format!("{id}/{place}")),
            at: DateTime::from_timestamp(of.at.seconds, of.at.nanoseconds).unwrap_or_default(),
            organisation: of.organisation.to_string(),
            door: logged.door().to_owned(),
            caller_key_id: logged.caller,
            key_id: of.key,
            decision: of.decision.as_str().to_owned(),
            reason: of.reason.map(Reason::as_str).map(str::to_owned),
            action: kept(of.action, "urn:oasis:names:tc:xacml:1.0:action:action-id"),
            resource: kept(of.resource, "urn:oasis:names:tc:xacml:1.0:resource:resource-id"),
            address: kept(of.address.map(|ip| ip.to_string()).as_deref(), "urn:argus:attribute:client-ip"),
            microseconds: microseconds(of.seconds),
            policy_id: policy_id.to_owned(),
            policy_version: policy_version.to_owned(),
            policy_set: policy_set.to_owned(),
            is_evaluated: logged.is_evaluated,
            request,
            response: logged.response(),
            redacted: serde_json::to_string(&redacted).unwrap_or_default(),
        }
    }

    /// The policies as the store has them, made once for all decisions under them.
    fn policies(&self, version: &Arc<PolicyVersion>) -> Arc<PolicySet> {
        if let Some(known) = self.policies.load().as_deref().filter(|(known, _)| Arc::ptr_eq(known, version)) {
            return Arc::clone(&known.1);
        }
        let members = serde_json::to_string(&version.members).unwrap_or_default();
        let set = Arc::new(PolicySet { digest: version.digest.to_string(), members });
        self.policies.store(Some(Arc::new((Arc::clone(version), Arc::clone(&set)))));
        set
    }
}

fn microseconds(seconds: f64) -> i64 {
    #[expect(clippy::cast_possible_truncation, reason = "spans are short")]
    let microseconds = (seconds * 1e6).max(0.0) as i64;
    microseconds
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(which: &str) -> Option<Which> {
        Which::read(Some(which)).ok()
    }

    #[test]
    fn which_decisions_are_logged_is_said_by_a_word_or_a_share() {
        assert_eq!(read("all"), Some(Which::Share(1.0)));
        assert_eq!(read("denied"), Some(Which::Denied));
        assert_eq!(read("12.5%"), Some(Which::Share(0.125)));
        assert!(read("off").is_some_and(Which::is_none) && read("0%").is_some_and(Which::is_none));
        for wrong in ["", "some", "10", "101%", "-1%", "NaN%", "%"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn what_is_left_out_is_said_by_ids() {
        let found = redaction(Some("urn:acme:role, content,, urn:acme:size".to_owned()));
        let attributes = vec!["urn:acme:role".to_owned(), "urn:acme:size".to_owned()];
        assert_eq!(found, Redaction { attributes, content: true });
        assert_eq!(redaction(None), Redaction::default());
    }
}
