package main

import (
	"fmt"
	"net"
	"net/http"
)

// address is the loopback address of a host.
func address(host int) string { return fmt.Sprintf("127.2.%d.%d", host/250, host%250+1) }

// listenHosts lets a server answer at the addresses of so many hosts, all on
// one port, which it returns. To close the server ends that.
func listenHosts(srv *http.Server, hosts int) (port int, err error) {
	for h := range hosts {
		ln, err := net.Listen("tcp4", fmt.Sprintf("%s:%d", address(h), port))
		if err != nil {
			_ = srv.Close()
			return 0, err
		}
		port = ln.Addr().(*net.TCPAddr).Port
		go srv.Serve(ln)
	}
	return port, nil
}

// hostOf returns what tells the number of the host that a connection was made
// to.
func hostOf(hosts int) func(net.Conn) int {
	number := map[string]int{}
	for h := range hosts {
		number[address(h)] = h
	}
	return func(c net.Conn) int { return number[c.LocalAddr().(*net.TCPAddr).IP.String()] }
}
