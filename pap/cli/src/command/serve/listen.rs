//! The listeners, bound before anything else is begun: a port that is taken costs nothing.

use std::io::{self, ErrorKind};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};

use super::Role;
use super::failure::settings as failure;
use super::settings::Settings;
use crate::failure::Failure;

/// What is listened on; none where the role doesn't serve it.
#[derive(Debug)]
pub(super) struct Listeners {
    pub(super) decisions: Option<TcpListener>,
    pub(super) administration: Option<TcpListener>,
}

/// Where it is listened: the addresses that the sockets got.
#[derive(Debug)]
pub(super) struct Addresses {
    pub(super) decisions: Option<Address>,
    pub(super) administration: Option<Address>,
}

/// An address that is listened on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Address {
    socket: SocketAddr,
    is_tls: bool,
}

impl Listeners {
    pub(super) fn bind(settings: &Settings) -> Result<(Self, Addresses), Failure> {
        let decisions = (settings.role != Role::Pap)
            .then(|| bind(settings, &settings.pdp_listen, "--pdp-listen (ARGUS_PDP_LISTEN)"))
            .transpose()?
            .unzip();
        let administration = (settings.role != Role::Pdp)
            .then(|| bind(settings, &settings.pap_listen, "--pap-listen (ARGUS_PAP_LISTEN)"))
            .transpose()?
            .unzip();
        let listeners = Self { decisions: decisions.0, administration: administration.0 };
        Ok((listeners, Addresses { decisions: decisions.1, administration: administration.1 }))
    }
}

impl Addresses {
    /// Where other nodes find this one: behind the decisions, where it serves them.
    pub(super) fn of_node(&self) -> String {
        self.decisions.or(self.administration).map(Address::on_the_network).unwrap_or_default()
    }
}

impl Address {
    /// The address with the name of this machine where it listens on every address of it.
    fn on_the_network(self) -> String {
        if !self.socket.ip().is_unspecified() {
            return self.socket.to_string();
        }
        let name = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
        let name = if name.trim().is_empty() { "localhost" } else { name.trim() };
        format!("{name}:{}", self.socket.port())
    }

    /// The address as a client on this machine writes it.
    pub(super) fn url(self) -> String {
        let mut address = self.socket;
        if address.ip().is_unspecified() {
            address.set_ip(if address.is_ipv4() { Ipv4Addr::LOCALHOST.into() } else { Ipv6Addr::LOCALHOST.into() });
        }
        let scheme = if self.is_tls { "https" } else { "http" };
        format!("{scheme}://{address}")
    }

    pub(super) fn port(self) -> u16 {
        self.socket.port()
    }
}

fn bind(settings: &Settings, address: &str, setting: &str) -> Result<(TcpListener, Address), Failure> {
    let bound = TcpListener::bind(address).and_then(|socket| {
        let address = Address { socket: socket.local_addr()?, is_tls: settings.server_tls.is_some() };
        Ok((socket, address))
    });
    bound.map_err(|error| refuse(address, setting, &error))
}

fn refuse(address: &str, setting: &str, error: &io::Error) -> Failure {
    let (cause, advice) = match error.kind() {
        ErrorKind::AddrInUse => ("another program does already".to_owned(), "stop it, or choose another address"),
        ErrorKind::AddrNotAvailable => ("this machine has no such address".to_owned(), "choose another address"),
        ErrorKind::PermissionDenied => ("permission denied".to_owned(), "choose a port above 1023"),
        ErrorKind::InvalidInput => ("that is no `host:port`".to_owned(), "write it as 127.0.0.1:8180"),
        _ => (error.to_string(), "choose another address"),
    };
    failure(format!("argus can't listen on {address}: {cause}")).help(format!("{advice} with {setting}"))
}
