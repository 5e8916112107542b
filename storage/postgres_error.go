package storage

import (
	"errors"
	"io"
	"net"

	"github.com/jackc/pgx/v5/pgconn"
)

// sqlstate is the code of an error of the server, such as "23505"; "" if it is
// none (https://www.postgresql.org/docs/current/errcodes-appendix.html).
func sqlstate(err error) string {
	if e := (*pgconn.PgError)(nil); errors.As(err, &e) {
		return e.Code
	}
	return ""
}

// classifyPostgres maps SQLSTATEs to meanings.
func classifyPostgres(_ string, err error) error {
	for _, known := range []error{ErrDamaged, ErrForeign, ErrNewer, ErrReadOnly, ErrLocked, ErrFull, ErrUnreachable} {
		if errors.Is(err, known) {
			return known
		}
	}
	switch code := sqlstate(err); {
	case code == "":
		if isLost(err) {
			return ErrUnreachable
		}
	case code == "53100":
		return ErrFull
	case code == "25006", code == "42501": // read-only transaction, as on a standby; no privilege
		return ErrReadOnly
	case code == "55P03":
		return ErrLocked
	case code[:2] == "XX" && code != "XX000": // data or index corrupted
		return ErrDamaged
	case isGone(code):
		return ErrUnreachable
	}
	return nil
}

// isGone reports whether a server says that it does not serve: connection
// errors, too many clients, shutting down, starting up, or who we are.
func isGone(code string) bool {
	switch code {
	case "53300", "57P01", "57P02", "57P03", "57P05", "28000", "28P01", "3D000":
		return true
	}
	return code[:2] == "08"
}

// unknownTo says what to do about a server that runs and does not know the
// database or who we are; "" of any other error.
func unknownTo(err error) string {
	switch sqlstate(err) {
	case "3D000":
		return "its server runs and has no such database: make it (createdb --owner USER NAME), or correct database.url"
	case "28000", "28P01":
		return "its server runs and does not let this user in: make the user (createuser NAME), or correct the password (database.password_file, PGPASSWORD, ~/.pgpass) or pg_hba.conf"
	}
	return ""
}

// isLost reports whether there is no server at the other end, or none any more.
func isLost(err error) bool {
	var connect *pgconn.ConnectError
	var network net.Error
	return errors.As(err, &connect) || errors.As(err, &network) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, net.ErrClosed) || errors.Is(err, errBadConn) || err != nil && err.Error() == "conn closed"
}

// spoilsPostgres: after any error of a statement the server refuses all others
// of the transaction.
func spoilsPostgres(err error) bool { return sqlstate(err) != "" || isLost(err) }

// againPostgres: what failed by others' doing, or for want of a server. A lost
// commit may have been done, and is not tried again.
func againPostgres(err error) bool {
	switch code := sqlstate(err); code {
	case "40001", "40P01": // serialization, deadlock
		return true
	case "28000", "28P01", "3D000": // it will not know us later either
		return false
	case "":
		return isLost(err) && !isCommit(err)
	default:
		return isGone(code) && !isCommit(err)
	}
}

func isCommit(err error) bool {
	var commit commitError
	return errors.As(err, &commit)
}

// brokenGIN tells by what a damaged index says of itself.
func brokenGIN(err error) bool { return sqlstate(err) == "XX002" }
