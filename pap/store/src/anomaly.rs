//! `anomalies`: what stood out in the use of keys, what was done about it, and what people say of it.
//!
//! Of a key and a detector one alert at most is open: what is seen again is counted. What people say is noted here and
//! learned by the watch later, wherever that is kept; until then the row says that it is not.

mod judge;
mod sighting;
mod watch;

use chrono::{DateTime, Utc};
use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::prelude::*;
use diesel::sql_types::Text;
use serde::{Deserialize, Serialize};

pub use judge::{acknowledge, learned, list_unlearned, mark_false, snooze};
pub use sighting::{SightingOf, add_sighting, forget_sightings, list_sightings};
pub use watch::{MEMORY_CHARACTERS, find_watch, forget_ended_watches, list_overdue_watches, save_watch};

use crate::act::Act;
use crate::audit::{self, AuditEvent, Entry, Target, TargetKind, View};
use crate::conn::{Conn, on};
use crate::error::{Record, StoreError};
use crate::id::{AnomalyId, KeyId, OrganisationId};
use crate::page::{Page, PageSize};
use crate::schema::{anomalies, keys, organisations, projects};
use crate::value::{At, MaybeAt, column, text_out, words};

words!(
    /// What finds something.
    AnomalyDetector, "detector", {
        /// More requests than is usual at this hour of the week.
        Volume = "volume",
        /// None, where there are always many.
        Silence = "silence",
        /// A greater share of refusals than is usual.
        ErrorRate = "error-rate",
        /// The first success from a country.
        NewCountry = "new-country",
        /// The first success from an autonomous system.
        NewNetwork = "new-network",
        /// Two uses farther apart than anybody travels.
        ImpossibleTravel = "impossible-travel",
        /// Refusals over many resources or actions.
        Probing = "probing",
        /// Far more resources within an hour than is usual.
        FanOut = "fan-out",
        /// A use after a month of silence.
        Dormant = "dormant",
        /// Use in an hour of the week in which the key never works.
        OffHours = "off-hours",
        /// A client that was never seen, beside another sign.
        NewClient = "new-client",
        /// One key in many networks at once.
        SharedKey = "shared-key",
        /// Somebody guesses the secret.
        WrongSecret = "wrong-secret",
        /// A secret that was replaced is still in use.
        OldCredential = "old-credential",
        /// The first use of an action that can do great harm.
        PowerfulAction = "powerful-action",
    }
);

words!(
    /// How soon a person should look.
    Severity, "severity", {
        /// Within the week.
        Low = "low",
        /// Today.
        Medium = "medium",
        /// Now.
        High = "high",
        /// Now, and the key had better be stopped meanwhile.
        Critical = "critical",
    }
);

words!(
    /// What people have said of an alert.
    AnomalyState, "state of an anomaly", {
        /// Nobody has looked.
        Open = "open",
        /// Somebody has, and it need not be told again.
        Acknowledged = "acknowledged",
        /// It is not to be told again before a time.
        Snoozed = "snoozed",
        /// It was in order: the key's baseline learns it.
        False = "false",
    }
);

words!(
    /// What is done about an alert without anybody's asking, the weakest first.
    Response, "response", {
        /// Whoever answers for the key is told, and no more.
        Notify = "notify",
        /// A new secret waits for the key's owner.
        Rotate = "rotate",
        /// The key is suspended.
        Suspend = "suspend",
        /// The key is revoked.
        Revoke = "revoke",
    }
);

/// The figures of an alert, and the requests that showed it first.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
pub struct Evidence {
    /// How unusual, on the detector's own scale; 1 is where it begins to tell.
    pub score: f64,
    /// What is usual, on the detector's own scale.
    pub baseline: f64,
    /// What was seen, on the same scale.
    pub observed: f64,
    /// What the owner could do.
    pub suggestion: String,
    /// Ids of decisions.
    pub request_ids: Vec<String>,
}

text_out!(Evidence, evidence => serde_json::to_string(evidence)?);

impl<DB: Backend> FromSql<Text, DB> for Evidence
where
    String: FromSql<Text, DB>,
{
    fn from_sql(value: DB::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(serde_json::from_str(&String::from_sql(value)?)?)
    }
}

/// An alert.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable)]
#[diesel(table_name = anomalies)]
pub struct Anomaly {
    /// Its id.
    pub id: AnomalyId,
    /// The organisation of the key.
    pub organisation_id: OrganisationId,
    /// The name of that organisation.
    #[diesel(select_expression = organisations::name)]
    pub organisation_name: String,
    /// The key.
    pub key_id: KeyId,
    /// Its name.
    #[diesel(select_expression = keys::name)]
    pub key_name: String,
    /// The name of its project, where it has one.
    #[diesel(select_expression = projects::name.nullable())]
    #[diesel(select_expression_type = diesel::dsl::Nullable<projects::name>)]
    pub project_name: Option<String>,
    /// What found it.
    pub detector: AnomalyDetector,
    /// How soon a person should look.
    pub severity: Severity,
    /// In words and numbers.
    pub explanation: String,
    /// The figures of the strongest that was found.
    pub evidence: Evidence,
    /// When it began, the last time, in seconds since 1970.
    pub since: i64,
    /// When it was found first.
    #[diesel(deserialize_as = At)]
    pub first_seen_at: DateTime<Utc>,
    /// When it was seen last.
    #[diesel(deserialize_as = At)]
    pub last_seen_at: DateTime<Utc>,
    /// How many observations have shown it.
    pub times: i64,
    /// Of those, the ones before it began anew.
    pub earlier_times: i64,
    /// What people have said.
    pub state: AnomalyState,
    /// Until when it is not told again.
    #[diesel(deserialize_as = MaybeAt)]
    pub snoozed_until: Option<DateTime<Utc>>,
    /// Why, in their words.
    pub note: Option<String>,
    /// What was done about it.
    pub response: Option<Response>,
    /// When.
    #[diesel(deserialize_as = MaybeAt)]
    pub responded_at: Option<DateTime<Utc>>,
    /// Whether the watch knows what people have said.
    pub is_learned: bool,
    /// Higher after every change by people.
    pub generation: i64,
}

impl Anomaly {
    /// How people know the key, such as `acme/atlas/reader`.
    pub fn key_path(&self) -> String {
        let project = self.project_name.as_deref().map_or(String::new(), |project| format!("{project}/"));
        format!("{}/{project}{}", self.organisation_name, self.key_name)
    }

    /// The alert as the target of an act.
    pub fn target(&self) -> Target {
        Target::nameless(TargetKind::Anomaly, &self.id)
    }

    fn view(&self) -> View {
        let view = View::default().with("state", self.state).with("snoozed_until", self.snoozed_until);
        view.with("note", &self.note)
    }
}

/// What a watch has found, or has seen again.
#[derive(Debug, Clone, PartialEq)]
pub struct Sign {
    /// The key.
    pub key: KeyId,
    /// What found it.
    pub detector: AnomalyDetector,
    /// How soon a person should look.
    pub severity: Severity,
    /// In words and numbers.
    pub explanation: String,
    /// The figures.
    pub evidence: Evidence,
    /// When it began, in seconds since 1970.
    pub since: i64,
    /// When it was seen last.
    pub last_seen_at: DateTime<Utc>,
    /// How often since it began.
    pub times: i64,
}

/// Which alerts a list holds. What is `None` doesn't narrow it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AnomalyFilter {
    /// Those of this organisation's keys.
    pub organisation: Option<OrganisationId>,
    /// Those of this key.
    pub key: Option<KeyId>,
    /// Those of this detector.
    pub detector: Option<AnomalyDetector>,
    /// Those of one of these severities.
    pub severities: Option<Vec<Severity>>,
    /// Those in this state.
    pub state: Option<AnomalyState>,
    /// Those found first at this time or later.
    pub from: Option<DateTime<Utc>>,
    /// Those found first before this time.
    pub before: Option<DateTime<Utc>>,
}

/// Notes what a watch has found, with an audit entry where it is news. The alert, and whether it is news: it is there
/// for the first time, or again after it was over, or after people wished to hear of it again.
///
/// `None` where there is no such key. What has been noted already, by a node that ended before it had saved its watch,
/// is no news.
pub fn note(conn: &mut Conn, at: DateTime<Utc>, sign: &Sign) -> Result<Option<(Anomaly, bool)>, StoreError> {
    conn.write(|conn| {
        let organisation = keys::table.find(sign.key).select(keys::organisation_id);
        let organisation: Option<OrganisationId> = on!(conn, c => organisation.first(c).optional())?;
        let Some(organisation) = organisation else { return Ok(None) };
        let standing = find_standing(conn, sign)?;
        let (id, is_news) = match &standing {
            Some(standing) => (standing.id, see_again(conn, standing, sign)?),
            None => (insert(conn, at, organisation, sign)?, true),
        };
        let found = require(conn, id)?;
        if is_news {
            let entry =
                Entry::new(AuditEvent::AnomalyDetected, Target::new(TargetKind::Key, &sign.key, found.key_path()));
            let entry = entry.with("anomaly_id", id).with("detector", sign.detector).with("severity", sign.severity);
            let entry = entry.with("explanation", &sign.explanation);
            audit::append(conn, &Act::of_argus(organisation, at, WATCH), &entry)?;
        }
        Ok(Some((found, is_news)))
    })
}

/// What makes Argus act of its own accord here.
const WATCH: &str = "watch";

/// The alert that a sign belongs to: the one that began with it, or else the open one.
fn find_standing(conn: &mut Conn, sign: &Sign) -> Result<Option<Anomaly>, StoreError> {
    let of = anomalies::key_id.eq(sign.key).and(anomalies::detector.eq(sign.detector));
    let all = anomalies::table.inner_join(keys::table.inner_join(organisations::table).left_join(projects::table));
    let same = all.filter(of).filter(anomalies::since.eq(sign.since)).order(anomalies::id.desc());
    let same = on!(conn, c => same.select(Anomaly::as_select()).first(c).optional())?;
    if same.is_some() {
        return Ok(same);
    }
    let open = all.filter(of).filter(anomalies::state.eq(AnomalyState::Open));
    Ok(on!(conn, c => open.select(Anomaly::as_select()).first(c).optional())?)
}

/// Counts a sign of what is there. Whether it is news.
fn see_again(conn: &mut Conn, standing: &Anomaly, sign: &Sign) -> Result<bool, StoreError> {
    if sign.since < standing.since {
        return Ok(false);
    }
    let begins_anew = sign.since > standing.since;
    let earlier = if begins_anew { standing.times } else { standing.earlier_times };
    let times = earlier.saturating_add(sign.times);
    let is_over = standing.snoozed_until.is_some_and(|until| until <= sign.last_seen_at);
    let wakes = standing.state == AnomalyState::Snoozed && is_over;
    if !begins_anew && !wakes && times <= standing.times {
        return Ok(false);
    }
    let row = anomalies::table.find(standing.id);
    let seen = (
        anomalies::since.eq(sign.since),
        anomalies::last_seen_at.eq(column(sign.last_seen_at.max(standing.last_seen_at))),
        anomalies::times.eq(times.max(standing.times)),
        anomalies::earlier_times.eq(earlier),
    );
    on!(conn, c => diesel::update(row).set(seen).execute(c))?;
    if begins_anew || sign.evidence.score > standing.evidence.score {
        let figures = (
            anomalies::severity.eq(sign.severity),
            anomalies::explanation.eq(&sign.explanation),
            anomalies::evidence.eq(&sign.evidence),
        );
        on!(conn, c => diesel::update(row).set(figures).execute(c))?;
    }
    if wakes {
        let awake = (
            anomalies::state.eq(AnomalyState::Open),
            anomalies::snoozed_until.eq(None::<chrono::NaiveDateTime>),
            anomalies::generation.eq(anomalies::generation + 1),
        );
        on!(conn, c => diesel::update(row).set(awake).execute(c))?;
    }
    Ok(begins_anew || wakes)
}

fn insert(
    conn: &mut Conn,
    at: DateTime<Utc>,
    organisation: OrganisationId,
    sign: &Sign,
) -> Result<AnomalyId, StoreError> {
    let id = AnomalyId::new(at);
    let first = DateTime::from_timestamp(sign.since, 0).unwrap_or(at);
    let row = (
        anomalies::id.eq(id),
        anomalies::organisation_id.eq(organisation),
        anomalies::key_id.eq(sign.key),
        anomalies::detector.eq(sign.detector),
        anomalies::severity.eq(sign.severity),
        anomalies::explanation.eq(&sign.explanation),
        anomalies::evidence.eq(&sign.evidence),
        anomalies::since.eq(sign.since),
        anomalies::first_seen_at.eq(column(first)),
        anomalies::last_seen_at.eq(column(sign.last_seen_at)),
        anomalies::times.eq(sign.times),
        anomalies::earlier_times.eq(0),
        anomalies::state.eq(AnomalyState::Open),
        anomalies::is_learned.eq(true),
        anomalies::generation.eq(1),
    );
    on!(conn, c => diesel::insert_into(anomalies::table).values(row).execute(c))?;
    Ok(id)
}

/// Notes what was done about an alert. What is stronger stays.
pub fn respond(conn: &mut Conn, at: DateTime<Utc>, id: AnomalyId, response: Response) -> Result<(), StoreError> {
    let row = anomalies::table.find(id);
    let columns = (anomalies::response.eq(response), anomalies::responded_at.eq(column(at)));
    on!(conn, c => diesel::update(row).set(columns).execute(c))?;
    Ok(())
}

/// The alert with this id, of whatever organisation.
pub fn find(conn: &mut Conn, id: AnomalyId) -> Result<Option<Anomaly>, StoreError> {
    let all = anomalies::table.inner_join(keys::table.inner_join(organisations::table).left_join(projects::table));
    let found = all.filter(anomalies::id.eq(id));
    Ok(on!(conn, c => found.select(Anomaly::as_select()).first(c).optional())?)
}

/// A page of the alerts that the filter lets through, the newest first, beginning before one of them.
pub fn list(
    conn: &mut Conn,
    filter: &AnomalyFilter,
    before: Option<AnomalyId>,
    size: PageSize,
) -> Result<Page<Anomaly>, StoreError> {
    on!(conn, c => {
        let all = anomalies::table.inner_join(keys::table.inner_join(organisations::table).left_join(projects::table));
        let mut rows = all.select(Anomaly::as_select()).into_boxed();
        if let Some(organisation) = filter.organisation {
            rows = rows.filter(anomalies::organisation_id.eq(organisation));
        }
        if let Some(key) = filter.key {
            rows = rows.filter(anomalies::key_id.eq(key));
        }
        if let Some(detector) = filter.detector {
            rows = rows.filter(anomalies::detector.eq(detector));
        }
        if let Some(severities) = &filter.severities {
            rows = rows.filter(anomalies::severity.eq_any(severities.clone()));
        }
        if let Some(state) = filter.state {
            rows = rows.filter(anomalies::state.eq(state));
        }
        if let Some(from) = filter.from {
            rows = rows.filter(anomalies::first_seen_at.ge(column(from)));
        }
        if let Some(end) = filter.before {
            rows = rows.filter(anomalies::first_seen_at.lt(column(end)));
        }
        if let Some(before) = before {
            rows = rows.filter(anomalies::id.lt(before));
        }
        Ok(size.cut(rows.order(anomalies::id.desc()).limit(size.rows()).load(c)?))
    })
}

/// Forgets alerts that were last seen before a time and that nobody's answer is waited for, at most `most`. How many.
pub fn forget(conn: &mut Conn, before: DateTime<Utc>, most: u32) -> Result<usize, StoreError> {
    let old = anomalies::table.filter(anomalies::last_seen_at.lt(column(before))).filter(anomalies::is_learned);
    let old = old.order(anomalies::id).limit(most.into()).select(anomalies::id);
    let old: Vec<AnomalyId> = on!(conn, c => old.load(c))?;
    Ok(on!(conn, c => diesel::delete(anomalies::table.filter(anomalies::id.eq_any(old))).execute(c))?)
}

fn require(conn: &mut Conn, id: AnomalyId) -> Result<Anomaly, StoreError> {
    find(conn, id)?.ok_or_else(|| StoreError::not_found(Record::Anomaly, id))
}
