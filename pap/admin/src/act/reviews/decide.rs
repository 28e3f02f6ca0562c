//! Saying of a key that is looked at whether it is kept, narrowed or revoked; or of all the rest that it is kept.

use argus_engine::scope::Action;
use argus_store::review::{self, ReviewVerdict, Subject};
use argus_store::{Conn, KeyId, Record, StoreError};
use tracing::info;

use super::{LONGEST_REASON, gone, read_view};
use crate::body::{Body, Fields, required_line};
use crate::repeat::Keep;
use crate::view::ReviewView;
use crate::{Admin, AdminError, Answer, Call, Fault, FaultCode, Place};

impl Admin {
    /// Says what is to become of a key (`key`), or of all of which nothing was said yet (`rest`), and why. It is said of
    /// the key as it is now, and no key is touched by it. Needs `<organisation>/argus/reviews:write`.
    pub async fn decide_review(&self, call: &Call, id: &str, body: Body) -> Result<ReviewView, AdminError> {
        let found = self.usable_review(call, id, Action::Write).await?;
        let mut fields = Fields::of(body);
        let verdict = verdict(&mut fields);
        let subject = subject(&mut fields, verdict);
        let reason = required_line(&mut fields, "reason", LONGEST_REASON);
        fields.finish()?;
        let (Some(verdict), Some(subject), Some(reason)) = (verdict, subject, reason) else {
            return Err(AdminError::Unfinished);
        };
        let (id, act) = (found.id, call.act(found.organisation_id, self.now()));
        let work = move |conn: &mut Conn| {
            review::decide(conn, &act, id, (subject, verdict, &reason))?.ok_or_else(|| gone(id))?;
            let now = review::find(conn, id)?.ok_or_else(|| gone(id))?;
            read_view(conn, now)
        };
        let done = self.act(call, work, |now| Keep::Answer(Answer::of(200, now))).await;
        let (now, _) = done.map_err(|error| match error {
            AdminError::Store(StoreError::NotFound { what: Record::Key, .. }) => AdminError::Refused(vec![not_in_it()]),
            other => other,
        })?;
        info!(review.id = %id, request.id = call.request_id(), "review {id} has {} keys undecided", now.undecided);
        Ok(now)
    }
}

fn verdict(fields: &mut Fields) -> Option<ReviewVerdict> {
    let text = fields.required_text("verdict")?;
    let verdict = text.parse().ok();
    if verdict.is_none() {
        let detail = format!("`{}` is neither `keep`, `narrow` nor `revoke`", text.escape_debug());
        fields.fault("verdict", FaultCode::InvalidField, detail, None);
    }
    verdict
}

/// One key, or the rest. What nobody has looked at by itself is kept: nothing else can be said of it.
fn subject(fields: &mut Fields, verdict: Option<ReviewVerdict>) -> Option<Subject> {
    let (key, rest) = (fields.text("key"), fields.flag("rest").unwrap_or_default());
    match (key, rest) {
        (Some(text), false) => {
            let key: Option<KeyId> = text.parse().ok();
            if key.is_none() {
                let detail = format!("`{}` is no id of a key", text.escape_debug());
                fields.fault("key", FaultCode::InvalidField, detail, None);
            }
            key.map(Subject::Key)
        }
        (None, true) => {
            if verdict.is_some_and(|verdict| verdict != ReviewVerdict::Keep) {
                let help = "say of each key by itself that it is narrowed or revoked".to_owned();
                fields.fault("verdict", FaultCode::InvalidField, "the rest can be kept alone", Some(help));
            }
            Some(Subject::Rest)
        }
        _ => {
            let detail = "either `key` says which key, or `rest` is true";
            fields.fault("key", FaultCode::InvalidField, detail, None);
            None
        }
    }
}

fn not_in_it() -> Fault {
    Fault {
        place: Place::Body("/key".to_owned()),
        code: FaultCode::NotFound,
        detail: "this review has no such key".to_owned(),
        help: Some("a key that was made after the start of a review is looked at in the next one".to_owned()),
    }
}
