package web

import (
	"net/http"
	"time"
)

// NewServer returns a server with bounds on everything that a stranger may
// make long: headers in time and bytes, the time of a request, an answer and
// a silence. Whoever needs other bounds sets the fields before it is started.
// A request for "OPTIONS *" is answered by the handler too.
func NewServer(h http.Handler, addr string) *http.Server {
	return &http.Server{
		Addr:                         addr,
		Handler:                      h,
		ReadHeaderTimeout:            10 * time.Second,
		ReadTimeout:                  15 * time.Second,
		WriteTimeout:                 60 * time.Second, // half a megabyte over a slow line
		IdleTimeout:                  2 * time.Minute,
		MaxHeaderBytes:               16 << 10,
		DisableGeneralOptionsHandler: true,
		ConnContext:                  keepConn,
	}
}
