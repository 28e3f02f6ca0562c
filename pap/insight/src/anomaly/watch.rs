//! What is remembered of one key, and the order in which the detectors look at an observation.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::alert::{Alert, Detector, Finding};
use super::book::Book;
use super::detector::{
    daily_volume, dormant, error_rate, fan_out, impossible_travel, new_client, new_country, new_network, off_hours,
    old_credential, powerful_action, probing, shared_key, silence, volume, wrong_secret,
};
use super::numbers::HOUR;
use super::observation::{Observation, Outcome, Surroundings};
use super::profile::Profile;
use super::series::Series;
use super::settings::Settings;

/// What is remembered of a key never takes more octets than this.
pub const MEMORY_BYTES: usize = 16 * 1024;

/// The first octet of what is stored. A change of what is remembered is a new form: an older one is read for ever, a
/// newer one is refused.
const FORM: u8 = 2;

/// The form before that: without the days, which stand at its end.
const WITHOUT_DAYS: u8 = 1;

/// After a longer gap only so many hours are learned as empty, five weeks: nothing older matters.
const GAP_HOURS: i64 = 5 * 168;

/// One key under watch.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Watch {
    profile: Profile,
    silence: silence::Memory,
    error_rate: error_rate::Memory,
    countries: new_country::Memory,
    networks: new_network::Memory,
    travel: impossible_travel::Memory,
    probing: probing::Memory,
    fan_out: fan_out::Memory,
    off_hours: off_hours::Memory,
    clients: new_client::Memory,
    shared: shared_key::Memory,
    wrong_secret: wrong_secret::Memory,
    powerful: powerful_action::Memory,
    book: Book,
    days: Series,
}

/// What can be wrong with a stored watch.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum MemoryError {
    /// A newer program wrote it.
    #[error(
        "what is remembered of the key has form {0}, and this program knows {FORM}: start the newer program again, or forget the key's baseline"
    )]
    Form(u8),
    /// It is damaged.
    #[error("what is remembered of the key can't be read ({0}): forget the key's baseline, it is learned anew")]
    Damaged(String),
}

impl Watch {
    /// A key that was created at a time.
    pub fn new(at: i64) -> Self {
        Self {
            profile: Profile::new(at),
            silence: silence::Memory::default(),
            error_rate: error_rate::Memory::default(),
            countries: new_country::Memory::default(),
            networks: new_network::Memory::default(),
            travel: impossible_travel::Memory::default(),
            probing: probing::Memory::default(),
            fan_out: fan_out::Memory::default(),
            off_hours: off_hours::Memory::default(),
            clients: new_client::Memory::default(),
            shared: shared_key::Memory::default(),
            wrong_secret: wrong_secret::Memory::default(),
            powerful: powerful_action::Memory::default(),
            book: Book::default(),
            days: Series::default(),
        }
    }

    /// Reads what [`Watch::to_bytes`] wrote.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, MemoryError> {
        let damaged = |error: &str| MemoryError::Damaged(error.to_owned());
        let (form, rest) = bytes.split_first().ok_or_else(|| damaged("it is empty"))?;
        let read = |bytes: &[u8]| postcard::from_bytes(bytes).map_err(|error| damaged(&error.to_string()));
        let watch: Self = match *form {
            FORM => read(rest)?,
            WITHOUT_DAYS => read(
                &postcard::to_extend(&Series::default(), rest.to_vec()).map_err(|error| damaged(&error.to_string()))?,
            )?,
            form => return Err(MemoryError::Form(form)),
        };
        let whole = watch.profile.week.is_whole() && watch.fan_out.is_whole() && watch.shared.is_whole();
        if whole { Ok(watch) } else { Err(damaged("a part of it is missing")) }
    }

    /// The octets to store: the form, then postcard; at most [`MEMORY_BYTES`].
    pub fn to_bytes(&self) -> Result<Vec<u8>, MemoryError> {
        postcard::to_extend(self, vec![FORM]).map_err(|error| MemoryError::Damaged(error.to_string()))
    }

    /// The newest time that it was told of, in seconds since 1970.
    pub fn now(&self) -> i64 {
        self.profile.now
    }

    /// The alerts that stand.
    pub fn book(&self) -> &Book {
        &self.book
    }

    /// Looks at an observation; the alerts that are news come back.
    pub fn observe(&mut self, seen: &Observation<'_>, around: &Surroundings<'_>, settings: &Settings) -> Vec<Alert> {
        let mut told = self.advance(seen.at, around, settings);
        let mut findings = Vec::new();
        // Before the use is counted: how long the key was silent.
        findings.extend(dormant::look(&self.profile, seen, &settings.dormant));
        self.count(seen);
        let profile = &self.profile;
        let tells_volume = proven(seen) && !around.is_quiet(profile.now);
        let knows_network = self.networks.knows(seen.network.asn);
        let findings_now = [
            tells_volume.then(|| volume::look(profile, around.zone, &settings.volume)).flatten(),
            self.error_rate.observe(profile, seen, &settings.error_rate),
            self.countries.observe(profile, seen, around, &settings.new_country),
            self.networks.observe(profile, seen, &settings.new_network),
            self.travel.observe(profile, seen, (around, knows_network), &settings.impossible_travel),
            self.probing.observe(profile, seen, &settings.probing),
            self.fan_out.observe(profile, seen, &settings.fan_out),
            self.off_hours.observe(profile, seen, around.zone, &settings.off_hours),
            self.shared.observe(profile, seen, &settings.shared_key),
            self.wrong_secret.observe(profile, seen, &settings.wrong_secret),
            old_credential::look(seen),
            self.powerful.observe(profile, seen, &settings.powerful_action),
        ];
        findings.extend(findings_now.into_iter().flatten());
        let since = profile.now - i64::from(settings.new_client.hours) * HOUR;
        let now = findings.iter().map(|finding| finding.detector);
        let mut signs: Vec<_> =
            now.chain(self.book.seen_since(since)).filter(|of| *of != Detector::NewClient).collect();
        signs.sort_unstable();
        signs.dedup();
        let has_sign_now = !findings.is_empty();
        findings.extend(self.clients.observe(profile, seen, (has_sign_now, &signs), &settings.new_client));
        let at = self.profile.now;
        told.extend(findings.into_iter().filter_map(|finding| self.book.note(finding, at, Some(seen))));
        told
    }

    /// Time has passed, with or without use. Call it at least once an hour, or silence is told late.
    pub fn advance(&mut self, now: i64, around: &Surroundings<'_>, settings: &Settings) -> Vec<Alert> {
        let mut told = Vec::new();
        self.profile.now = self.profile.now.max(now);
        let present = self.profile.now.div_euclid(HOUR);
        if present - self.profile.hour > GAP_HOURS {
            self.close(present - GAP_HOURS, around, settings);
            self.profile.hour = present - GAP_HOURS;
        }
        while self.profile.hour < present {
            let hour = self.profile.hour;
            let found = self.close(hour, around, settings);
            // It is told of the hour's end, wherever the clock is by now.
            let at = (hour + 1) * HOUR;
            told.extend(found.into_iter().flatten().filter_map(|finding| self.book.note(finding, at, None)));
            self.profile.hour += 1;
        }
        told
    }

    /// Somebody has looked, and says why it need not be told again. `false` where no alert of the detector stands.
    pub fn acknowledge(&mut self, detector: Detector, reason: &str) -> bool {
        self.book.acknowledge(detector, reason)
    }

    /// Not to be told again before a time. `false` where no alert of the detector stands.
    pub fn snooze(&mut self, detector: Detector, until: i64) -> bool {
        self.book.snooze(detector, until)
    }

    /// The alert was false: it goes, and its detector learns that what it saw is in order for this key.
    ///
    /// `false` where no alert of the detector stands.
    pub fn mark_false(&mut self, detector: Detector, around: &Surroundings<'_>) -> bool {
        let Some(alert) = self.book.take(detector) else { return false };
        self.teach(detector, (alert.since, alert.last, alert.finding.observed), around);
        true
    }

    /// What a detector saw was in order, whether or not its alert still stands: since when, when last, and how much.
    pub fn teach(&mut self, detector: Detector, seen: (i64, i64, f64), around: &Surroundings<'_>) {
        let (since, last, observed) = seen;
        let (hour, day) = (last.div_euclid(HOUR), around.day(last));
        match detector {
            // The hour that began it: the day that follows has it in its sum, and goes on with the alert.
            Detector::Volume => self.profile.week.teach(since.div_euclid(HOUR), around.day(since), observed),
            Detector::OffHours => self.profile.week.teach(hour, day, observed),
            Detector::Silence => self.silence.teach(),
            Detector::ErrorRate => self.error_rate.teach(observed),
            Detector::ImpossibleTravel => self.travel.teach(),
            Detector::Probing => self.probing.teach(),
            Detector::FanOut => self.fan_out.teach(hour, observed),
            Detector::SharedKey => self.shared.teach(day),
            Detector::WrongSecret => self.wrong_secret.teach(),
            // Their sets have it since it was seen, and an old credential is never in order.
            Detector::NewCountry
            | Detector::NewNetwork
            | Detector::NewClient
            | Detector::PowerfulAction
            | Detector::Dormant
            | Detector::OldCredential => {}
        }
    }

    /// Who presents a wrong or a retired secret does not use the key: he must not teach what its use is like.
    fn count(&mut self, seen: &Observation<'_>) {
        let profile = &mut self.profile;
        if !proven(seen) {
            return;
        }
        profile.first_use.get_or_insert(profile.now);
        let count = u64::from(seen.count);
        profile.uses = profile.uses.saturating_add(count);
        profile.in_hour = profile.in_hour.saturating_add(count);
        if seen.succeeded() {
            profile.successes = profile.successes.saturating_add(count);
            profile.last_success = Some(profile.now);
        }
    }

    /// An hour is over: a silence, or a day, may be news.
    fn close(&mut self, hour: i64, around: &Surroundings<'_>, settings: &Settings) -> [Option<Finding>; 2] {
        let count = std::mem::take(&mut self.profile.in_hour);
        if self.profile.first_use.is_none() {
            return [None, None];
        }
        let end = (hour + 1) * HOUR;
        // An hour is of the day in which it begins, where the key is at home.
        let day = around.day(hour * HOUR);
        if around.day((hour - 1) * HOUR) != day {
            self.shared.begin_day(day);
            self.profile.week.begin_day(day);
        }
        let told = self
            .book
            .standing(end)
            .any(|alert| alert.finding.detector == Detector::SharedKey && alert.last >= hour * HOUR);
        self.shared.close(day, told);
        self.fan_out.close(hour);
        self.off_hours.close(&self.profile, hour, &settings.off_hours);
        // An hour of which a part is declared is declared: days begin at half past somewhere.
        let is_quiet = around.is_quiet(hour * HOUR) || around.is_quiet(end - 1);
        let may_be_silent = is_quiet || around.is_rotating;
        let silence = self.silence.close((&self.profile, hour), count > 0, may_be_silent, &settings.silence);
        // A declared quiet hour is not what the hour is like.
        if is_quiet {
            return [silence, None];
        }
        let volume = daily_volume::close(&mut self.days, (&self.profile, hour), count, &settings.daily_volume);
        self.profile.week.close(hour, day, u32::try_from(count).unwrap_or(u32::MAX));
        [silence, volume]
    }
}

fn proven(seen: &Observation<'_>) -> bool {
    matches!(seen.outcome, Outcome::Permitted | Outcome::Denied)
}
