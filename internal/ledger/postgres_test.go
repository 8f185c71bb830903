package ledger_test

import (
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// startPostgres starts a private server on a socket in a temporary folder and gives the URL of an empty database. It
// skips where the server's programs are not installed.
func startPostgres(t testing.TB) string {
	t.Helper()
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil || len(found) == 0 {
		t.Skip("needs PostgreSQL: Debian has it in postgresql")
	}
	bin := filepath.Dir(found[len(found)-1])
	dir, err := os.MkdirTemp("/tmp", "batchgate-pg") // the path of a socket has at most 107 bytes
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	as := func(name string, args ...string) *exec.Cmd { return exec.Command(filepath.Join(bin, name), args...) }
	owner := "batchgate"
	if os.Getuid() == 0 { // the server refuses to run as root
		if _, err := user.Lookup("postgres"); err != nil {
			t.Skip("needs a user postgres, as whom root can run the server")
		}
		own(t, dir)
		as = func(name string, args ...string) *exec.Cmd {
			return exec.Command("setpriv", append([]string{"--reuid=postgres", "--regid=postgres", "--clear-groups", filepath.Join(bin, name)}, args...)...)
		}
	}
	data := filepath.Join(dir, "data")
	run(t, as("initdb", "-D", data, "-U", owner, "-A", "trust", "-E", "UTF8", "--no-sync"))
	options := fmt.Sprintf("-k %s -c listen_addresses='' -c fsync=off", dir)
	run(t, as("pg_ctl", "-D", data, "-w", "-l", filepath.Join(dir, "log"), "-o", options, "start"))
	t.Cleanup(func() { _ = as("pg_ctl", "-D", data, "-m", "immediate", "stop").Run() })
	return fmt.Sprintf("postgres://%s@/postgres?host=%s", owner, dir)
}

// newDatabase makes an empty database on the server of a URL and gives its URL.
func newDatabase(t *testing.T, dsn, name string) string {
	t.Helper()
	db, err := sql.Open("pgx", dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), "CREATE DATABASE "+name); err != nil {
		t.Fatal(err)
	}
	return strings.Replace(dsn, "/postgres?", "/"+name+"?", 1)
}

func own(t testing.TB, dir string) {
	t.Helper()
	u, err := user.Lookup("postgres")
	if err != nil {
		t.Fatal(err)
	}
	uid, err1 := strconv.Atoi(u.Uid)
	gid, err2 := strconv.Atoi(u.Gid)
	if err := errors.Join(err1, err2, os.Chown(dir, uid, gid), os.Chmod(dir, fs.FileMode(0o700))); err != nil {
		t.Fatal(err)
	}
}

func run(t testing.TB, cmd *exec.Cmd) {
	t.Helper()
	cmd.Dir = "/"
	var said strings.Builder
	log, err := os.CreateTemp(t.TempDir(), "log")
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	cmd.Stdout, cmd.Stderr = log, log // a file, not a pipe: the server keeps it open
	if err := cmd.Run(); err != nil {
		b, _ := os.ReadFile(log.Name())
		said.Write(b)
		t.Fatalf("%v: %v\n%s", cmd.Args, err, said.String())
	}
}
