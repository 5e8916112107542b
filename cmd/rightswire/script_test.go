package main

import (
	"flag"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/rightswire/rightswire/aggregator/fetch/fetchtest"
	"github.com/rightswire/rightswire/storage/postgrestest"
)

var update = flag.Bool("update", false, "rewrite the expected output in testdata/script")

func TestMain(m *testing.M) {
	testscript.Main(afterwards{m}, map[string]func(){"rightswire": onPostgres})
}

// afterwards ends the tests' PostgreSQL, if there is one, after all tests.
type afterwards struct{ *testing.M }

func (a afterwards) Run() int {
	defer postgrestest.Stop()
	return a.M.Run()
}

// Each script has an origin of its own at $ORIGIN. The commands that the
// scripts have beyond testscript's own are explained at their functions.
func TestScript(t *testing.T) {
	p := scriptParams()
	if testing.Short() {
		p.Dir, p.Files = "", scriptFiles(atOnce)
	}
	testscript.Run(t, p)
}

// atOnce are the scripts that run with -short, which is how "make test" has the
// race detector: a program takes seven times as long under it. They are those
// of daemons, of programs beside each other, and of much that is fetched or
// delivered at once.
var atOnce = []string{
	"demo_serve", "hub", "publish_store", "run", "run_publish", "run_twice", "serve", "serve_desk", "serve_metrics",
	"serve_reload", "serve_stop", "serve_twice", "sources_add_beside", "sources_probe",
}

func scriptFiles(names []string) []string {
	var files []string
	for _, name := range names {
		files = append(files, filepath.Join("testdata", "script", name+".txtar"))
	}
	return files
}

func scriptParams() testscript.Params {
	return testscript.Params{
		Dir:                 "testdata/script",
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			o := fetchtest.New(env.T().(testing.TB))
			env.Values[originKey{}] = o
			env.Values[smtpKey{}] = new(*mailServer)
			env.Setenv("ORIGIN", o.URL(""))
			env.Setenv("ORIGIN_ADDR", "127.0.0.1:"+o.Port())
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"asked":  cmdAsked,
			"await":  cmdAwait,
			"exits":  cmdExits,
			"expand": cmdExpand,
			"get":    cmdGet,
			"keys":   cmdKeys,
			"lesson": cmdLesson,
			"mailed": cmdMailed,
			"origin": cmdOrigin,
			"s3":     cmdS3,
			"signal": cmdSignal,
			"smtpd":  cmdSMTPD,
		},
	}
}
