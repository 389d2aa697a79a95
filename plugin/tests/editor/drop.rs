//! Files dropped on the editor, by the protocol of X that file managers use (XDND).

use crate::editor::Editor;
use std::path::Path;
use x11rb::connection::Connection;
use x11rb::protocol::Event;
use x11rb::protocol::xproto::*;
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

/// The version of the protocol that is spoken.
const VERSION: u32 = 5 << 24;

/// Another program's end of a drag.
struct Source {
    connection: RustConnection,
    window: Window,
    target: Window,
}

/// Drops `file` in the middle of the editor, and waits until the editor has taken it. Whether it was wanted.
pub fn drop_file(editor: &mut Editor, file: &Path) -> bool {
    let source = Source::new(editor.desk.window());
    let list = source.atom("text/uri-list");
    source.take_selection();
    source.tell("XdndEnter", [VERSION, list, 0, 0]);
    source.tell("XdndPosition", [0, (400 << 16) | 300, 0, source.atom("XdndActionCopy")]);
    let (mut wanted, mut done, mut asked) = (false, false, false);
    editor.wait("the drop is taken", |_| {
        while let Some(event) = source.connection.poll_for_event().expect("the server") {
            match event {
                Event::SelectionRequest(request) => source.hand_over(&request, file),
                Event::ClientMessage(message) if message.type_ == source.atom("XdndStatus") => {
                    wanted = message.data.as_data32()[1] & 1 == 1;
                    if !std::mem::replace(&mut asked, true) {
                        source.tell("XdndDrop", [0, 0, 0, 0]);
                    }
                }
                Event::ClientMessage(message) if message.type_ == source.atom("XdndFinished") => done = true,
                _ => {}
            }
        }
        done
    });
    editor.settle();
    wanted
}

impl Source {
    /// A window that nobody sees, and the editor's in the `host`'s.
    fn new(host: Window) -> Self {
        let (connection, screen) = x11rb::connect(None).expect("the display");
        let (window, root) = (connection.generate_id().expect("an id"), connection.setup().roots[screen].root);
        let nothing = CreateWindowAux::new();
        let class = WindowClass::INPUT_OUTPUT;
        connection.create_window(0, window, root, 0, 0, 1, 1, 0, class, 0, &nothing).expect("a window");
        let tree = connection.query_tree(host).expect("a request").reply().expect("a tree");
        let target = tree.children.first().copied().expect("the editor's window");
        let source = Self { connection, window, target };
        let aware = source.atom("XdndAware");
        let found =
            source.connection.get_property(false, target, aware, AtomEnum::ANY, 0, 1).expect("a request");
        assert!(found.reply().expect("an answer").value_len > 0, "the window takes no drops");
        source
    }

    fn atom(&self, name: &str) -> Atom {
        self.connection.intern_atom(false, name.as_bytes()).expect("a request").reply().expect("an atom").atom
    }

    fn take_selection(&self) {
        let selection = self.atom("XdndSelection");
        self.connection.set_selection_owner(self.window, selection, 0u32).expect("a request");
    }

    /// Tells the editor's window a step of the drag.
    fn tell(&self, step: &str, [a, b, c, d]: [u32; 4]) {
        let message = ClientMessageEvent::new(32, self.target, self.atom(step), [self.window, a, b, c, d]);
        self.connection.send_event(false, self.target, EventMask::NO_EVENT, message).expect("a request");
        self.connection.flush().expect("the server");
    }

    /// Answers the editor's question what is dragged.
    fn hand_over(&self, request: &SelectionRequestEvent, file: &Path) {
        let list = format!("file://{}\r\n", file.display());
        let (to, property, kind) = (request.requestor, request.property, request.target);
        let mode = PropMode::REPLACE;
        self.connection.change_property8(mode, to, property, kind, list.as_bytes()).expect("a request");
        let answer = SelectionNotifyEvent {
            response_type: SELECTION_NOTIFY_EVENT,
            sequence: 0,
            time: request.time,
            requestor: to,
            selection: request.selection,
            target: kind,
            property,
        };
        self.connection.send_event(false, to, EventMask::NO_EVENT, answer).expect("a request");
        self.connection.flush().expect("the server");
    }
}
