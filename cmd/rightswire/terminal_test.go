package main

import (
	"os"
	"testing"
)

// A crontab sends what nobody reads to /dev/null, which is a character device
// as a terminal is: a bar that is drawn there costs a run as much as many polls.
func TestTheNullDeviceIsNoTerminal(t *testing.T) {
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	if isTerminal(null) {
		t.Errorf("%s is told to be a terminal", os.DevNull)
	}
}
