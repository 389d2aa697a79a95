//! An X server without a screen, and the hands on its mouse and keyboard.

use crate::picture::Picture;
use std::io::{BufRead as _, BufReader, IoSlice};
use std::process::{Command, Stdio};
use x11rb::connection::{Connection as _, RequestConnection as _};
use x11rb::protocol::xproto::{
    ConfigureWindowAux, ConnectionExt as _, CreateWindowAux, ImageFormat, InputFocus, Window, WindowClass,
};
use x11rb::rust_connection::RustConnection;

/// The server's screen.
const SCREEN: &str = "1600x1000x24";

/// Key symbols of keys that write nothing.
pub mod key {
    pub const ENTER: u32 = 0xff0d;
    pub const ESCAPE: u32 = 0xff1b;
    pub const TAB: u32 = 0xff09;
    pub const LEFT: u32 = 0xff51;
    pub const UP: u32 = 0xff52;
    pub const RIGHT: u32 = 0xff53;
    pub const DOWN: u32 = 0xff54;
    pub const PAGE_UP: u32 = 0xff55;
    pub const PAGE_DOWN: u32 = 0xff56;
    pub const END: u32 = 0xff57;
    pub const HOME: u32 = 0xff50;
    pub const DELETE: u32 = 0xffff;
    pub const SHIFT: u32 = 0xffe1;
    pub const CONTROL: u32 = 0xffe3;
}

/// Buttons of the mouse; the wheel's turns are two of them.
pub mod button {
    pub const LEFT: u8 = 1;
    pub const RIGHT: u8 = 3;
    pub const WHEEL_UP: u8 = 4;
    pub const WHEEL_DOWN: u8 = 5;
}

/// Types of the events that XTEST makes.
const KEY_PRESS: u8 = 2;
const KEY_RELEASE: u8 = 3;
const BUTTON_PRESS: u8 = 4;
const BUTTON_RELEASE: u8 = 5;
const MOTION: u8 = 6;

/// A running server. It ends with its last client: were it ended before, Xlib would abort the program.
pub struct Xvfb {
    name: String,
    _client: RustConnection,
}

impl Xvfb {
    /// A server on a free display; none where there is no Xvfb.
    pub fn start() -> Option<Self> {
        let mut command = Command::new("Xvfb");
        command.args(["-displayfd", "1", "-screen", "0", SCREEN, "-nolisten", "tcp", "-terminate"]);
        let mut process = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().ok()?;
        let mut number = String::new();
        let said = process.stdout.take().expect("a pipe");
        BufReader::new(said).read_line(&mut number).expect("the server says which display it is");
        assert!(!number.is_empty(), "Xvfb ends without a display");
        let name = format!(":{}", number.trim());
        let (client, _) = x11rb::connect(Some(&name)).expect("the server takes clients");
        Some(Self { name, _client: client })
    }

    /// The display's name.
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// A window on the display, and mouse and keyboard above it.
pub struct Desk {
    connection: RustConnection,
    root: Window,
    window: Window,
    /// XTEST's number on this server.
    xtest: u8,
    /// The lowest key code, how many symbols each has, and the symbols.
    keys: (u8, u8, Vec<u32>),
}

impl Desk {
    /// A window of `size` in the upper left corner.
    pub fn new(size: [u32; 2]) -> Self {
        let (connection, screen) = x11rb::connect(None).expect("the display");
        let setup = connection.setup();
        let (root, visual) = (setup.roots[screen].root, setup.roots[screen].root_visual);
        let (first, last) = (setup.min_keycode, setup.max_keycode);
        let xtest = connection.extension_information("XTEST").expect("an answer").expect("XTEST").major_opcode;
        let window = connection.generate_id().expect("an id");
        let [width, height] = size.map(|length| length as u16);
        let attributes = CreateWindowAux::new().override_redirect(1);
        let class = WindowClass::INPUT_OUTPUT;
        connection
            .create_window(0, window, root, 0, 0, width, height, 0, class, visual, &attributes)
            .expect("a window");
        connection.map_window(window).expect("a window in sight");
        let keys = connection.get_keyboard_mapping(first, last - first + 1).expect("an answer");
        let keys = keys.reply().expect("a keyboard");
        let keys = (first, keys.keysyms_per_keycode, keys.keysyms);
        let desk = Self { connection, root, window, xtest, keys };
        desk.sync();
        desk
    }

    /// The window.
    pub fn window(&self) -> Window {
        self.window
    }

    /// Makes the window as large as `size`.
    pub fn resize(&self, [width, height]: [u32; 2]) {
        let size = ConfigureWindowAux::new().width(width).height(height);
        self.connection.configure_window(self.window, &size).expect("a request");
        self.sync();
    }

    /// Gives the keyboard to what is in the window.
    pub fn focus(&self) {
        let tree = self.connection.query_tree(self.window).expect("a request").reply().expect("a tree");
        let child = tree.children.first().copied().expect("the editor's window");
        self.connection.set_input_focus(InputFocus::PARENT, child, 0u32).expect("a request");
        self.sync();
    }

    /// Moves the mouse to a physical pixel of the window.
    pub fn move_to(&self, [x, y]: [f32; 2]) {
        self.fake(MOTION, 0, [x.round() as i16, y.round() as i16]);
    }

    /// Presses a button or lets it go.
    pub fn button(&self, button: u8, down: bool) {
        self.fake(if down { BUTTON_PRESS } else { BUTTON_RELEASE }, button, [0, 0]);
    }

    /// Presses a key or lets it go.
    pub fn key(&self, symbol: u32, down: bool) {
        let (code, _) = self.code(symbol);
        self.fake(if down { KEY_PRESS } else { KEY_RELEASE }, code, [0, 0]);
    }

    /// Writes one character, with the shift key where it takes that.
    pub fn write(&self, character: char) {
        let symbol = character as u32;
        let (_, shifted) = self.code(symbol);
        if shifted {
            self.key(key::SHIFT, true);
        }
        self.key(symbol, true);
        self.key(symbol, false);
        if shifted {
            self.key(key::SHIFT, false);
        }
    }

    /// What is to be seen of the window.
    pub fn picture(&self) -> Picture {
        let place = self.connection.get_geometry(self.window).expect("a request").reply().expect("a window");
        let (width, height) = (place.width, place.height);
        let image = self
            .connection
            .get_image(ImageFormat::Z_PIXMAP, self.root, 0, 0, width, height, !0)
            .expect("a request")
            .reply()
            .expect("an image");
        Picture::of_bgrx(usize::from(width), usize::from(height), &image.data)
    }

    /// The code of the key that writes `symbol`, and whether that takes the shift key.
    fn code(&self, symbol: u32) -> (u8, bool) {
        let (first, each, symbols) = &self.keys;
        let at = symbols.chunks(usize::from(*each)).position(|key| key.iter().take(2).any(|&at| at == symbol));
        let at = at.unwrap_or_else(|| panic!("no key writes {symbol:#x}"));
        (first + at as u8, symbols[at * usize::from(*each)] != symbol)
    }

    /// XTestFakeInput, for which the connection's library would have to be built a second time.
    fn fake(&self, kind: u8, detail: u8, [x, y]: [i16; 2]) {
        let mut request = [0; 36];
        request[..6].copy_from_slice(&[self.xtest, 2, 9, 0, kind, detail]);
        request[2..4].copy_from_slice(&9u16.to_ne_bytes());
        request[12..16].copy_from_slice(&self.root.to_ne_bytes());
        request[24..26].copy_from_slice(&x.to_ne_bytes());
        request[26..28].copy_from_slice(&y.to_ne_bytes());
        let request = [IoSlice::new(&request)];
        self.connection.send_request_without_reply(&request, Vec::new()).expect("a request");
        self.sync();
    }

    /// Waits until the server has done all that it was told.
    fn sync(&self) {
        self.connection.get_input_focus().expect("a request").reply().expect("an answer");
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        let _ = self.connection.destroy_window(self.window);
        let _ = self.connection.flush();
    }
}
