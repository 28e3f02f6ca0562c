//! A client that uses one secret of a key without a pause, and what it was answered.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::SystemTime;

use anyhow::{Context, Result, bail};
use tokio::task::JoinHandle;

use crate::http::Connection;

/// A client under way.
#[derive(Debug)]
pub struct Client {
    task: JoinHandle<Result<Seen>>,
    ends: Arc<AtomicBool>,
}

/// What a client has seen.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    /// Requests that were permitted.
    pub permitted: u64,
    /// When the last of them was sent.
    pub last_permit: Option<SystemTime>,
    /// When the first refusal was answered, and with what reason. Nothing is asked after it.
    pub refused: Option<(SystemTime, String)>,
}

impl Client {
    /// Begins to ask, over a connection of its own, until it is refused or told to end.
    pub fn begin(address: SocketAddr, request: Vec<u8>) -> Self {
        let ends = Arc::new(AtomicBool::new(false));
        let until = Arc::clone(&ends);
        let task = tokio::spawn(async move {
            let (mut connection, mut seen) = (Connection::open(address).await?, Seen::default());
            while !until.load(Ordering::Relaxed) {
                let sent = SystemTime::now();
                let answer = connection.send(&request).await?;
                let answered = answer.json()?;
                match (answer.status, answered["decision"].as_str()) {
                    (200, Some("Permit")) => {
                        seen.permitted += 1;
                        seen.last_permit = Some(sent);
                    }
                    (200, Some(_)) => {
                        let reason = answered["reason"].as_str().unwrap_or_default().to_owned();
                        seen.refused = Some((SystemTime::now(), reason));
                        break;
                    }
                    _ => bail!("{} {}", answer.status, answer.text()),
                }
            }
            Ok(seen)
        });
        Self { task, ends }
    }

    /// Waits until it is refused.
    pub async fn until_refused(self) -> Result<Seen> {
        self.task.await.context("the client died")?
    }

    /// Lets it end.
    pub async fn end(self) -> Result<Seen> {
        self.ends.store(true, Ordering::Relaxed);
        self.task.await.context("the client died")?
    }
}

/// Judges clients of an older secret whose grace has ended: permitted as long as it lasted, refused within a second.
pub fn judge_older(seen: &Seen, end: SystemTime) -> Result<()> {
    let (refused, reason) = seen.refused.as_ref().context("never refused")?;
    if *refused < end {
        bail!("refused {:?} before the end, {reason}", end.duration_since(*refused));
    }
    let after = refused.duration_since(end)?;
    if after.as_millis() > 1_000 {
        bail!("refused {after:?} after the end");
    }
    if !["credential_expired", "credential_revoked"].contains(&reason.as_str()) {
        bail!("refused for `{reason}`");
    }
    Ok(())
}
