//! The threads that derive: few, with a queue that ends, and an honest word on how long it is.

use std::{
    collections::VecDeque,
    fmt, io,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};

/// A derivation and what follows from it.
pub(super) type Job = Box<dyn FnOnce() + Send>;

/// What one derivation is taken to cost before the first is measured.
const FIRST_GUESS: Duration = Duration::from_millis(100);
/// The furthest that a retry is put off. Later promises are guesses: most who were told to wait never come back.
const FURTHEST_PROMISE: Duration = Duration::from_mins(1);

/// Who waits for a derivation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lane {
    /// A request. Goes first.
    Request,
    /// Nobody: a verified credential is derived again before it ages out.
    Background,
}

/// The queue has no room.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Full;

#[derive(Debug)]
pub(super) struct Pool {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    queue: Mutex<Queue>,
    work: Condvar,
    threads: u32,
    longest: usize,
}

struct Queue {
    requests: VecDeque<Job>,
    background: VecDeque<Job>,
    running: usize,
    /// What a derivation took lately: an average in which each new one counts an eighth.
    each: Duration,
    /// The time promised to the last one who was sent away.
    promised: Option<Instant>,
    closed: bool,
}

impl Pool {
    /// Starts the threads.
    pub(super) fn start(threads: usize, longest: usize) -> io::Result<Self> {
        let threads = threads.max(1);
        let queue = Queue {
            requests: VecDeque::new(),
            background: VecDeque::new(),
            running: 0,
            each: FIRST_GUESS,
            promised: None,
            closed: false,
        };
        let shared = Shared {
            queue: Mutex::new(queue),
            work: Condvar::new(),
            threads: u32::try_from(threads).unwrap_or(u32::MAX),
            longest,
        };
        let pool = Self { shared: Arc::new(shared) };
        for number in 0..threads {
            let shared = Arc::clone(&pool.shared);
            thread::Builder::new().name(format!("argus-derive-{number}")).spawn(move || shared.work())?;
        }
        Ok(pool)
    }

    /// Queues a job where there is room. It is made only then, while the queue is held: a job that was made and had to
    /// be dropped would run its destructor under its maker's locks.
    pub(super) fn submit(&self, lane: Lane, job: impl FnOnce() -> Job) -> Result<(), Full> {
        let mut queue = self.shared.lock();
        let longest = self.shared.longest;
        let idle = queue.running < usize::try_from(self.shared.threads).unwrap_or(usize::MAX);
        let waiting = match lane {
            Lane::Request => &mut queue.requests,
            Lane::Background => &mut queue.background,
        };
        // A queue of length 0 still lets a thread that has nothing to do take a job.
        if waiting.len() >= longest.max(usize::from(idle)) {
            return Err(Full);
        }
        waiting.push_back(job());
        drop(queue);
        self.shared.work.notify_one();
        Ok(())
    }

    /// When the queue will have been worked off, as it is now.
    pub(super) fn seconds_until_free(&self) -> u32 {
        whole_seconds(self.shared.backlog(&self.shared.lock()))
    }

    /// When one who is sent away now should come back. Each is told a later time than the one before: all told the same
    /// would come back at once, and all but a queue's length be sent away again.
    pub(super) fn promise(&self) -> u32 {
        let mut queue = self.shared.lock();
        let now = Instant::now();
        let free = now + self.shared.backlog(&queue);
        let turn = queue.promised.map_or(free, |promised| promised.max(free)) + queue.each / self.shared.threads;
        let turn = turn.min(now + FURTHEST_PROMISE);
        queue.promised = Some(turn);
        whole_seconds(turn - now)
    }
}

#[cfg(test)]
impl Pool {
    /// Whether any job waits or runs.
    pub(super) fn is_busy(&self) -> bool {
        let queue = self.shared.lock();
        queue.running + queue.requests.len() + queue.background.len() > 0
    }

    /// Requests that wait for a thread.
    pub(super) fn waiting(&self) -> usize {
        self.shared.lock().requests.len()
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        // Not joined: the last handle may be dropped by one of the threads.
        self.shared.lock().closed = true;
        self.shared.work.notify_all();
    }
}

impl Shared {
    fn work(&self) {
        while let Some(job) = self.next() {
            let started = Instant::now();
            // A job that panics must not take the thread with it: the pool would shrink until nothing derives.
            let _ = catch_unwind(AssertUnwindSafe(job));
            let mut queue = self.lock();
            queue.running -= 1;
            queue.each = (queue.each * 7 + started.elapsed()) / 8;
        }
    }

    fn next(&self) -> Option<Job> {
        let mut queue = self.lock();
        loop {
            if let Some(job) = queue.requests.pop_front().or_else(|| queue.background.pop_front()) {
                queue.running += 1;
                return Some(job);
            }
            if queue.closed {
                return None;
            }
            queue = self.work.wait(queue).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn backlog(&self, queue: &Queue) -> Duration {
        let jobs = u32::try_from(queue.requests.len() + queue.running).unwrap_or(u32::MAX);
        queue.each.saturating_mul(jobs) / self.threads
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Queue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lanes = (self.requests.len(), self.background.len());
        f.debug_struct("Queue").field("waiting", &lanes).field("running", &self.running).finish_non_exhaustive()
    }
}

/// Rounded up, and at least one: `Retry-After: 0` would be an invitation.
fn whole_seconds(span: Duration) -> u32 {
    u32::try_from(span.as_millis().div_ceil(1_000)).unwrap_or(u32::MAX).max(1)
}
