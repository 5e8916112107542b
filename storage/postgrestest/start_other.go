//go:build !unix

package postgrestest

// start knows how to run a server on Unix only.
func start(...string) error { return errNone }
