//! Telling the other nodes how far this one has come: a line of its own in the database, at a bounded rate.
//!
//! A thread apart from the keeper's: what is told may take time, what is applied may not wait for it. The line is there
//! before the first snapshot is read, so that whoever waits for all nodes doesn't miss one that is about to begin. With
//! each report it looks who else is there, and what this node's share of limits is ([`Fleet`]).

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, TryRecvError, channel};
use std::thread;
use std::time::Duration;

use argus_store::node::{self, Node, NodeRole};
use argus_store::{NodeId, Store, StoreError, read_clock};
use chrono::{DateTime, Utc};
use tracing::{debug, warn};

use crate::error::StartError;
use crate::fleet::{self, FORGOTTEN_AFTER, Fleet};
use crate::health::Health;
use crate::limits::Elapsed;
use crate::snapshot::Current;

/// How often a node that has nothing new says that it is there. A node that begins waits for as long at most until it has
/// its share of limits.
const HEARTBEAT: Duration = Duration::from_secs(1);

/// From one report to the next, however much is new.
const BETWEEN: Duration = Duration::from_millis(100);

/// How long the end of a node waits until it has said so.
const FAREWELL: Duration = Duration::from_secs(2);

/// What a node says of itself that doesn't change.
#[derive(Debug, Clone)]
pub struct Presence {
    /// What it serves.
    pub role: NodeRole,
    /// Where it is found.
    pub address: String,
}

/// What the thread is told.
#[derive(Debug)]
pub(crate) enum Message {
    /// There is a new snapshot.
    Applied,
    /// The node ends. Answered when it has said so.
    Leave(Sender<()>),
}

/// A node as it speaks of itself.
pub(crate) struct Speaker {
    store: Store,
    presence: Presence,
    id: NodeId,
    longest_staleness: Option<Duration>,
    fleet: Arc<Fleet>,
    joined: Joined,
    failed: bool,
}

/// Since when the others see this node, by the clock of the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Joined {
    /// Nothing is said yet.
    No,
    /// It is said. Whoever looks after the next report sees it.
    Said,
    At(DateTime<Utc>),
}

impl Speaker {
    /// Who speaks of this node, where others read it.
    pub(crate) fn new(
        store: &Store,
        presence: Presence,
        id: NodeId,
        longest_staleness: Option<Duration>,
        fleet: Arc<Fleet>,
    ) -> Self {
        Self { store: store.clone(), presence, id, longest_staleness, fleet, joined: Joined::No, failed: false }
    }

    /// Says how far this node has come. What can't be said is said again with the next report.
    pub(crate) fn report(&mut self, sequence: i64, ahead_milliseconds: i64) {
        let begun = Elapsed::now();
        match self.write(sequence, ahead_milliseconds) {
            Ok(joined) => {
                (self.joined, self.failed) = (joined, false);
                self.fleet.said(begun, self.longest_staleness);
            }
            Err(cause) if std::mem::replace(&mut self.failed, true) => debug!("still not told: {cause}"),
            Err(cause) => warn!("this node can't tell the others how far it has come: {cause}"),
        }
    }

    fn write(&self, sequence: i64, ahead_milliseconds: i64) -> Result<Joined, StoreError> {
        self.store.write_aside(|conn| {
            // The one clock that all nodes share: by their own, some would look silent to others.
            let seen_at: DateTime<Utc> = read_clock(conn)?.unwrap_or_else(Utc::now);
            let said = Node {
                id: self.id,
                role: self.presence.role,
                address: self.presence.address.clone(),
                sequence,
                seen_at,
                longest_staleness_seconds: self.longest_staleness.map(|longest| longest.as_secs().cast_signed()),
                clock_ahead_milliseconds: ahead_milliseconds,
            };
            node::report(conn, &said)?;
            node::forget(conn, seen_at - FORGOTTEN_AFTER)?;
            let joined = match self.joined {
                Joined::No => return Ok(Joined::Said),
                Joined::Said => seen_at,
                Joined::At(joined) => joined,
            };
            // Before others can read that this node has looked: whoever begins relies on that it counts him from then on.
            self.fleet.set(fleet::share(&node::list(conn)?, self.id, joined, seen_at));
            Ok(Joined::At(joined))
        })
    }

    /// How long nothing is said where nothing is new: hardly, while the share of this node isn't known.
    fn pause(&self) -> Duration {
        let waits = self.presence.role.decides() && self.fleet.share().nodes() == 0 && !self.failed;
        if waits { BETWEEN } else { HEARTBEAT }
    }

    fn leave(&self) {
        if let Err(cause) = self.store.write_aside(|conn| node::leave(conn, self.id)) {
            debug!("the others are not told that this node ends: {cause}");
        }
    }

    /// Goes on in a thread until it is told to leave, or nobody is left who could.
    pub(crate) fn begin(
        mut self,
        current: Current,
        health: Arc<Health>,
        messages: Receiver<Message>,
    ) -> Result<(), StartError> {
        let run = move || {
            loop {
                match next(&messages, self.pause()) {
                    Next::Report => self.report(current.load().sequence, health.clock_ahead_milliseconds()),
                    Next::Farewell(told) => {
                        self.leave();
                        let _ = told.send(());
                        return;
                    }
                    Next::End => return,
                }
                thread::sleep(BETWEEN);
            }
        };
        thread::Builder::new().name("argus-presence".into()).spawn(run).map(drop).map_err(StartError::Thread)
    }
}

/// What there is to say.
enum Next {
    /// How far the node has come.
    Report,
    /// That it ends; whoever waits for that is told.
    Farewell(Sender<()>),
    /// Nothing: nobody is left to speak for.
    End,
}

/// Waits until there is something to say.
fn next(messages: &Receiver<Message>, longest: Duration) -> Next {
    match messages.recv_timeout(longest) {
        Ok(Message::Leave(told)) => return Next::Farewell(told),
        Ok(Message::Applied) | Err(RecvTimeoutError::Timeout) => {}
        Err(RecvTimeoutError::Disconnected) => return Next::End,
    }
    // However many snapshots there were: one report tells of all.
    loop {
        match messages.try_recv() {
            Ok(Message::Leave(told)) => return Next::Farewell(told),
            Ok(Message::Applied) => {}
            Err(TryRecvError::Empty | TryRecvError::Disconnected) => return Next::Report,
        }
    }
}

/// Tells the thread to say farewell, and waits until it has, for a while.
pub(crate) fn leave(to: &Sender<Message>) {
    let (tell, told) = channel();
    if to.send(Message::Leave(tell)).is_ok() {
        let _ = told.recv_timeout(FAREWELL);
    }
}
