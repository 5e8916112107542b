package main

import (
	"fmt"
	"log/slog"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"unsafe"

	"github.com/rightswire/rightswire/news"
)

// terminal opens a terminal of 120 columns: what is written to tty can be read
// from screen.
func terminal(t *testing.T) (screen, tty *os.File) {
	t.Helper()
	screen, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Skipf("no terminals here: %v", err)
	}
	var lock, number int32
	size := [4]uint16{40, 120}
	for request, arg := range map[uintptr]unsafe.Pointer{
		syscall.TIOCSPTLCK: unsafe.Pointer(&lock), syscall.TIOCGPTN: unsafe.Pointer(&number), syscall.TIOCSWINSZ: unsafe.Pointer(&size),
	} {
		if _, _, errno := syscall.Syscall(syscall.SYS_IOCTL, screen.Fd(), request, uintptr(arg)); errno != 0 {
			t.Skipf("no terminals here: %v", errno)
		}
	}
	tty, err = os.OpenFile("/dev/pts/"+strconv.Itoa(int(number)), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("no terminals here: %v", err)
	}
	return screen, tty
}

var control = regexp.MustCompile(`^\x1b\[(\d*)([A-Za-z])`)

// shown returns the rows of a screen after what was written to it.
func shown(written string) []string {
	rows, row, column := []string{""}, 0, 0
	for written != "" {
		if m := control.FindStringSubmatch(written); m != nil {
			written = written[len(m[0]):]
			n, _ := strconv.Atoi(m[1])
			switch m[2] {
			case "A", "F":
				row -= max(n, 1)
			case "J":
				rows = append(rows[:row:row], rows[row][:min(column, len(rows[row]))])
			case "K":
				rows[row] = ""
			}
			continue
		}
		c := written[0]
		written = written[1:]
		switch c {
		case '\r':
			column = 0
		case '\n':
			row++
			column = 0
			if row == len(rows) {
				rows = append(rows, "")
			}
		default:
			line := []byte(rows[row] + strings.Repeat(" ", max(0, column+1-len(rows[row]))))
			line[column] = c
			rows[row] = string(line)
			column++
		}
	}
	return rows
}

// Every line of the log is on the screen, whole and by itself, however often
// the bar is drawn meanwhile; the bar is gone at the end.
func TestLogAndProgressBarDoNotTear(t *testing.T) {
	screen, tty := terminal(t)
	a := &app{err: tty, logLevel: "info", logFormat: "text"}
	if err := a.openLog(); err != nil {
		t.Fatal(err)
	}
	drawn := make(chan struct{}, 1)
	read := make(chan string)
	go func() {
		var all, chunk = "", make([]byte, 4096)
		for {
			n, err := screen.Read(chunk)
			all += string(chunk[:n])
			if err != nil { // the terminal is closed
				read <- all
				return
			}
			if strings.Contains(string(chunk[:n]), "polling ") {
				want(drawn)
			}
		}
	}()
	const lines = 6
	stop := a.progress("polling", lines)
	for i := range lines {
		a.log.Info("polled", slog.Int("n", i), slog.String("end", "here"))
		a.observe(news.Poll{})
		<-drawn
	}
	stop()
	a.log.Info("polled", slog.Int("n", lines), slog.String("end", "here"))
	tty.Close()
	rows := shown(<-read)
	for i := range lines + 1 {
		want := fmt.Sprintf(" level=INFO msg=polled n=%d end=here", i)
		if !slices.ContainsFunc(rows, func(row string) bool {
			return strings.HasPrefix(row, "time=") && strings.HasSuffix(row, want)
		}) {
			t.Errorf("line %d is not on the screen", i)
		}
	}
	if text := strings.Join(rows, "\n"); t.Failed() || strings.Contains(text, "polling") {
		t.Errorf("the screen shows\n%s", text)
	}
}
