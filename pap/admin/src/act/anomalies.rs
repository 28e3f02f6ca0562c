//! What stood out in the use of keys: listing it, showing it, and saying what it was.

use argus_engine::scope::Action;
use argus_store::anomaly::{self, Anomaly, AnomalyFilter, Severity};
use argus_store::{Act, AnomalyId, Conn, Record, StoreError};
use chrono::TimeDelta;
use tracing::info;

use super::{find_filtered, named_organisation};
use crate::body::{Body, Fields, line, required_line, time};
use crate::cursor::{self, Stretch};
use crate::repeat::Keep;
use crate::resource::{HOST, Own};
use crate::view::{AnomalyView, Listed};
use crate::{Admin, AdminError, Answer, Call, FaultCode, Query};

/// The longest word on an anomaly, in characters.
const LONGEST_REASON: usize = 500;

/// The longest time for which an anomaly is put off.
const LONGEST_SNOOZE: TimeDelta = TimeDelta::days(90);

impl Admin {
    /// A page of what stood out, the newest first, narrowed by `key`, `detector`, `severity` (that one and higher ones),
    /// `state`, `from` and `before`. Needs `<organisation>/argus/usage:read`. Without `organisation` it is that of the
    /// caller's own, and for a caller of `argus` all there is.
    pub async fn list_anomalies(&self, call: &Call, mut query: Query) -> Result<Listed<AnomalyView>, AdminError> {
        let own = call.caller().organisation();
        let everywhere = own == HOST && !query.has("organisation");
        let organisation = named_organisation(&mut query, own)?;
        call.require(&organisation, Own::Usage, Action::Read)?;
        let least: Option<Severity> = query.take_word("severity", "`low`, `medium`, `high` and `critical`");
        let filter = AnomalyFilter {
            organisation: None,
            key: query.take_word("key", "the ids of keys"),
            detector: query.take_word("detector", "the names of detectors, such as `volume`"),
            severities: least.map(|least| SEVERITIES.into_iter().filter(|own| *own >= least).collect()),
            state: query.take_word("state", "`open`, `acknowledged`, `snoozed` and `false`"),
            from: query.take_time("from"),
            before: query.take_time("before"),
        };
        self.with_store(move |store| {
            let id =
                if everywhere { None } else { store.read(|conn| find_filtered(conn, &mut query, &organisation))? };
            let filter = AnomalyFilter { organisation: id, ..filter };
            let bound = format!("anomalies {filter:?}");
            let Stretch { after, size } = query.finish(&bound)?;
            let page = store.read(|conn| anomaly::list(conn, &filter, after, size))?;
            let last = page.items.last().map(|last| last.id).filter(|_| page.more);
            Ok(Listed {
                next_cursor: last.map(|last| cursor::write(&last, &bound)),
                items: page.items.into_iter().map(AnomalyView::from).collect(),
            })
        })
        .await
    }

    /// Shows what stood out. Whoever lacks `<organisation>/argus/usage:read` finds nothing.
    pub async fn show_anomaly(&self, call: &Call, id: &str) -> Result<AnomalyView, AdminError> {
        let found = self.find_anomaly(id).await?;
        call.require_sight(&found.organisation_name, Own::Usage)?;
        Ok(found.into())
    }

    /// Says that somebody has looked: it need not be told again. Needs `<organisation>/argus/usage:write`.
    pub async fn acknowledge_anomaly(&self, call: &Call, id: &str, body: Body) -> Result<AnomalyView, AdminError> {
        let found = self.judgeable_anomaly(call, id).await?;
        let mut fields = Fields::of(body);
        let reason = required_line(&mut fields, "reason", LONGEST_REASON);
        fields.finish()?;
        let reason = reason.unwrap_or_default();
        self.judge(call, &found, move |conn, act, id| anomaly::acknowledge(conn, act, id, &reason)).await
    }

    /// Says that it is not to be told again before a time. Needs `<organisation>/argus/usage:write`.
    pub async fn snooze_anomaly(&self, call: &Call, id: &str, body: Body) -> Result<AnomalyView, AdminError> {
        let found = self.judgeable_anomaly(call, id).await?;
        let (mut fields, now) = (Fields::of(body), self.now());
        let reason = line(&mut fields, "reason", LONGEST_REASON);
        let until = time(&mut fields, "until");
        if until.is_none_or(|until| until <= now || until > now + LONGEST_SNOOZE) && !fields.is_faulty("until") {
            let detail = "`until` is a time to come, within 90 days";
            fields.fault("until", FaultCode::InvalidField, detail, None);
        }
        fields.finish()?;
        let until = until.unwrap_or(now);
        self.judge(call, &found, move |conn, act, id| anomaly::snooze(conn, act, id, (until, reason.as_deref()))).await
    }

    /// Says that it was in order: the key's baseline learns it. Needs `<organisation>/argus/usage:write`.
    pub async fn mark_anomaly_false(&self, call: &Call, id: &str, body: Body) -> Result<AnomalyView, AdminError> {
        let found = self.judgeable_anomaly(call, id).await?;
        let mut fields = Fields::of(body);
        let reason = line(&mut fields, "reason", LONGEST_REASON);
        fields.finish()?;
        self.judge(call, &found, move |conn, act, id| anomaly::mark_false(conn, act, id, reason.as_deref())).await
    }

    async fn judge(
        &self,
        call: &Call,
        found: &Anomaly,
        say: impl FnOnce(&mut Conn, &Act, AnomalyId) -> Result<Option<Anomaly>, StoreError> + Send + 'static,
    ) -> Result<AnomalyView, AdminError> {
        let (id, act) = (found.id, call.act(found.organisation_id, self.now()));
        let work = move |conn: &mut Conn| {
            let gone = || StoreError::NotFound { what: Record::Anomaly, name: id.to_string() };
            Ok(AnomalyView::from(say(conn, &act, id)?.ok_or_else(gone)?))
        };
        let (judged, _) = self.act(call, work, |judged| Keep::Answer(Answer::of(200, judged))).await?;
        info!(anomaly.id = %id, request.id = call.request_id(), "anomaly {id} is {}", judged.state);
        Ok(judged)
    }

    /// One that the caller may speak of.
    async fn judgeable_anomaly(&self, call: &Call, id: &str) -> Result<Anomaly, AdminError> {
        let found = self.find_anomaly(id).await?;
        if !call.may(&found.organisation_name, Own::Usage, Action::Write)? {
            call.require_sight(&found.organisation_name, Own::Usage)?;
        }
        call.require(&found.organisation_name, Own::Usage, Action::Write)?;
        Ok(found)
    }

    async fn find_anomaly(&self, id: &str) -> Result<Anomaly, AdminError> {
        let id: AnomalyId = id.parse().map_err(|_| AdminError::NotFound)?;
        let found = self.with_store(move |store| Ok(store.read(|conn| anomaly::find(conn, id))?)).await?;
        found.ok_or(AdminError::NotFound)
    }
}

const SEVERITIES: [Severity; 4] = [Severity::Low, Severity::Medium, Severity::High, Severity::Critical];
