//! `GET /v1/audit/export`

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use actix_web::HttpResponse;
use actix_web::body::{BodySize, MessageBody};
use actix_web::web::Bytes;
use argus_admin::audit::AuditExport;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::task::spawn_blocking;
use tracing::error;

use crate::Problem;
use crate::asked::Asked;
use crate::query::Pairs;

/// Pieces that wait for a slow reader.
const WAITING: usize = 4;

/// Export the audit as JSON Lines, which `argus audit verify` checks without a server.
///
/// In an organisation's export the entries of others are digests. Nothing in it names a person.
#[utoipa::path(
    get, path = "/v1/audit/export", tag = "audit",
    params(("organisation" = Option<String>, Query,
        description = "The organisation; that of the caller's key unless named, and all for a key of `argus`.")),
    responses((status = 200, description = "The chain, signed.", content_type = "application/jsonl", body = String)),
    extensions(("x-problems" = json!(["not-permitted", "audit-broken"])))
)]
pub(crate) async fn export_audit(asked: Asked<Pairs>) -> Result<HttpResponse, Problem> {
    let export = asked.admin.export_audit(&asked.call, asked.input.0).await?;
    let (pieces, lines) = channel(WAITING);
    spawn_blocking(move || read(export, &pieces));
    Ok(HttpResponse::Ok().content_type("application/jsonl").body(Lines(lines)))
}

/// Reads on while somebody listens. What fails ends the answer in the midst of it, so that nobody takes it for whole.
fn read(mut export: AuditExport, pieces: &Sender<io::Result<Bytes>>) {
    loop {
        let piece = match export.next_lines() {
            Ok(Some(lines)) => Ok(Bytes::from(lines)),
            Ok(None) => return,
            Err(cause) => {
                error!("an export of the audit broke off: {cause}");
                Err(io::Error::other("the store failed"))
            }
        };
        let is_last = piece.is_err();
        if pieces.blocking_send(piece).is_err() || is_last {
            return;
        }
    }
}

/// The lines as they are read.
struct Lines(Receiver<io::Result<Bytes>>);

impl MessageBody for Lines {
    type Error = io::Error;

    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        self.0.poll_recv(context)
    }
}
