//! The program; all of it is in `lib.rs`.
#![forbid(unsafe_code)]

fn main() -> std::process::ExitCode {
    twin_relay::run()
}
