//! Signing a review: from then on nobody changes it.

use argus_engine::scope::Action;
use argus_store::Conn;
use argus_store::review;
use tracing::info;

use super::{LONGEST_REASON, gone, read_view};
use crate::body::{Body, Fields, line};
use crate::repeat::Keep;
use crate::view::ReviewView;
use crate::{Admin, AdminError, Answer, Call};

impl Admin {
    /// Signs a review in which something was said of each key. Needs `<organisation>/argus/reviews:admin`: who may look
    /// and decide may not sign by that.
    pub async fn sign_review(&self, call: &Call, id: &str, body: Body) -> Result<ReviewView, AdminError> {
        let found = self.usable_review(call, id, Action::Admin).await?;
        let mut fields = Fields::of(body);
        let statement = line(&mut fields, "statement", LONGEST_REASON);
        fields.finish()?;
        let (id, act) = (found.id, call.act(found.organisation_id, self.now()));
        let work = move |conn: &mut Conn| {
            let signed = review::sign(conn, &act, id, statement.as_deref())?.ok_or_else(|| gone(id))?;
            read_view(conn, signed)
        };
        let (signed, _) = self.act(call, work, |signed| Keep::Answer(Answer::of(200, signed))).await?;
        info!(review.id = %id, request.id = call.request_id(), "signed review {id}");
        Ok(signed)
    }
}
