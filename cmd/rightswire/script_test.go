package main

import (
	"flag"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/rightswire/rightswire/aggregator/fetch/fetchtest"
)

var update = flag.Bool("update", false, "rewrite the expected output in testdata/script")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"rightswire": main})
}

// Each script has an origin of its own at $ORIGIN. The commands that the
// scripts have beyond testscript's own are explained at their functions.
func TestScript(t *testing.T) {
	testscript.Run(t, testscript.Params{
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
			"signal": cmdSignal,
			"smtpd":  cmdSMTPD,
		},
	})
}
