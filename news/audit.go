package news

import "time"

// AuditEntry is something that somebody did on the desk's pages, or tried to.
type AuditEntry struct {
	ID     int64     // 0 until stored; later ones are higher
	At     time.Time // UTC
	Who    string    // as they are called in the password file; "" if they are not logged in
	From   string    // address that it came from
	What   string    // login, pause, file, …
	Object string    // such as "item 4711"; "": nothing in particular
	Before string    // what it was, shortened; may be ""
	After  string    // what it is now, shortened; may be ""
	Error  string    // why it was not done; "" if it was
}
