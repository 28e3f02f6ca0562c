//! Being woken when another node has changed something.

use std::fmt;
use std::future::poll_fn;
use std::pin::pin;
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio_postgres::AsyncMessage;
use tracing::{debug, warn};

use super::{CHANNEL, CONNECTING, Cause, Connector, park};
use crate::StoreError;
use crate::location::in_words;

/// From the first attempt to connect again to the last; in between each is twice the one before.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// Who listens. Dropped, it is deaf.
#[must_use = "dropped, it is deaf"]
pub struct Listener {
    task: Option<JoinHandle<()>>,
}

impl Listener {
    /// For a database that only this process changes.
    pub(crate) fn of_nothing() -> Self {
        Self { task: None }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        if let Some(task) = &self.task {
            task.abort();
        }
    }
}

/// Calls `wake` after every commit that added to the change feed, and whenever some may have been missed.
pub(crate) fn listen(connector: Connector, wake: impl Fn() + Send + Sync + 'static) -> Result<Listener, StoreError> {
    let task = park::runtime()?.spawn(async move {
        let mut pause = FIRST_PAUSE;
        loop {
            let mut heard = false;
            let ended = hear(&connector, || {
                heard = true;
                wake();
            });
            let cause = ended.await;
            if heard {
                warn!("the connection that listens for changes ended: {}", in_words(&*cause));
                pause = FIRST_PAUSE;
            } else {
                debug!("can't listen for changes: {}", in_words(&*cause));
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    });
    Ok(Listener { task: Some(task) })
}

/// Listens on one connection for as long as it lasts, and says why it ended.
async fn hear(connector: &Connector, mut wake: impl FnMut()) -> Cause {
    let (client, mut connection) = match tokio::time::timeout(CONNECTING, connector.connect()).await {
        Ok(Ok(made)) => made,
        Ok(Err(error)) => return error,
        Err(_) => return "the server doesn't answer".into(),
    };
    let order = format!("LISTEN {CHANNEL}");
    let mut listening = pin!(tokio::time::timeout(CONNECTING, client.batch_execute(&order)));
    let mut is_listening = false;
    loop {
        tokio::select! {
            message = poll_fn(|cx| connection.poll_message(cx)) => match message {
                Some(Ok(AsyncMessage::Notification(_))) => wake(),
                Some(Ok(_)) => {}
                Some(Err(error)) => return error.into(),
                None => return "the server closed it".into(),
            },
            answer = &mut listening, if !is_listening => match answer {
                // What was committed before this moment told somebody else.
                Ok(Ok(())) => {
                    is_listening = true;
                    wake();
                }
                Ok(Err(error)) => return error.into(),
                Err(_) => return "the server doesn't answer".into(),
            },
        }
    }
}

impl fmt::Debug for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listener").field("listens", &self.task.is_some()).finish()
    }
}
