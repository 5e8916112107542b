package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/rightswire/rightswire/admin"
)

// newAdmin is the command "admin".
func newAdmin(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "admin",
		Short: "Who may log in to the desk's pages",
		Long:  `The desk's pages are served by "rightswire serve" when somebody can log in.`,
	}
	cmd.AddCommand(newAdminPassword(a))
	return cmd
}

// newAdminPassword is the command "admin password".
func newAdminPassword(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "password [NAME]",
		Short: "Make the line that lets somebody log in to the desk's pages",
		Long: `Reads a password, from the terminal without showing it or as one line from
standard input, and prints NAME and the argon2id hash of it. Without a name it is
for "desk". Write the line into the file that admin.password_file names; it may
hold one for each person, and the record of what was done tells them apart. The
password itself is stored nowhere. A running daemon believes a changed file at
once: who is taken out of it is logged out.`,
		Example: `  rightswire admin password >> desk.passwd
  rightswire admin password maria >> desk.passwd`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			name := "desk"
			if len(args) > 0 {
				name = args[0]
			}
			if !admin.ValidName(name) {
				return usagef("%q cannot be somebody's name here; write letters, digits, and . _ - @ between them", name)
			}
			password, err := a.readPassword()
			if err != nil {
				return err
			}
			hash, err := admin.HashPassword(password)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(a.out, "%s:%s\n", name, hash)
			return err
		},
	}
}

// readPassword reads a password twice where somebody types it, else a line.
func (a *app) readPassword() (string, error) {
	if f, ok := a.in.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		ask := func(prompt string) (string, error) {
			fmt.Fprint(a.err, prompt)
			b, err := term.ReadPassword(int(f.Fd()))
			fmt.Fprintln(a.err)
			return string(b), err
		}
		first, err := ask("password: ")
		if err != nil {
			return "", err
		}
		again, err := ask("once more: ")
		if err == nil && again != first {
			err = errors.New("these were two different passwords; try again")
		}
		return first, err
	}
	line, err := bufio.NewReader(io.LimitReader(a.in, 64<<10)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	return strings.TrimRight(line, "\r\n"), nil
}
