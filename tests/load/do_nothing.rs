//! The baseline: a server that reads a body, and answers with as many bytes as the path says. It is the collector of
//! spans, too, and takes them all.

use std::io::{self, BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::thread;

use actix_web::{App, HttpResponse, HttpServer, web};
use anyhow::{Context, Result};

/// Listens on a port that the system chooses, and prints its address. Ends with its standard input, so that it outlives
/// nobody who was killed.
pub(crate) fn serve() -> Result<()> {
    thread::spawn(|| {
        let _ = io::stdin().read_to_end(&mut Vec::new());
        std::process::exit(0);
    });
    actix_web::rt::System::new().block_on(async {
        let collect = |_: web::Bytes| async { HttpResponse::Ok().finish() };
        let app =
            move || App::new().route("/{bytes}", web::post().to(answer)).route("/v1/traces", web::post().to(collect));
        let server = HttpServer::new(app);
        let server = server.bind(("127.0.0.1", 0))?;
        println!("{}", server.addrs()[0]);
        server.run().await
    })?;
    Ok(())
}

async fn answer(bytes: web::Path<usize>, body: web::Bytes) -> HttpResponse {
    std::hint::black_box(&body);
    // What is written costs an allocation, as in any server, but nothing is thought up.
    HttpResponse::Ok().content_type("application/json").body(vec![b' '; *bytes])
}

/// The baseline in a process of its own, ended when this is dropped.
pub(crate) struct Process {
    child: Child,
    pub(crate) address: SocketAddr,
}

impl Process {
    pub(crate) fn start() -> Result<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .arg("--do-nothing")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().context("no standard output")?).read_line(&mut line)?;
        Ok(Self { child, address: line.trim().parse()? })
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
