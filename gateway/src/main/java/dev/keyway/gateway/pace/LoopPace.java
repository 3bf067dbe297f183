package dev.keyway.gateway.pace;

import dev.keyway.gateway.invoke.Call;
import dev.keyway.gateway.invoke.Outcome;
import dev.keyway.gateway.invoke.Pace;
import java.util.Arrays;
import java.util.function.LongSupplier;

/**
 * One loop's share of a deployment's {@link Throttle}. A call costs some comparisons of numbers; a message goes to the
 * owner only when the share does not fit any more: more calls wait than the owner knows of, half of them are gone,
 * permits must be given back, something failed, or a window of times is full. Loop only.
 */
final class LoopPace implements Pace {
    private static final long WINDOW_NANOS = 100_000_000L;
    private static final int MOST_FAILING = 1_000;

    /** The way to the owner, and the loop's own later. */
    interface Link {
        /** Runs once in a task of its own on the loop. */
        void later(Runnable task);

        /** Takes a report to the owner, in order. */
        void send(Report report);

        /** What a call said about the health of its deployment. */
        void note(Outcome outcome);

        /** The deployment is gone and nothing of it is left here. */
        void forget();
    }

    private final Link link;
    private final LongSupplier clock;
    private Waiting listener;
    private int order;
    private int cap;
    private int quota;
    private int inFlight;
    private int waiting;
    private int tokens;
    private boolean rated;
    private boolean adaptive;
    private boolean gone;
    private long retryAfterMillis = -1;
    private String pausedBy;
    private boolean mayProbe;
    private boolean probing;
    private boolean scheduled;
    private int credit;

    private long toldAt;
    private int toldHeld;
    private int toldDemand;
    private int toldWanted;

    /** Whether the owner waits for a good answer. */
    private boolean doubt;

    private boolean good;
    private Object[] failing = new Object[4];
    private int faults;
    private int toldFaults;
    private int connects;
    private String reason;
    private long sent;
    /** The newest call that was under way when a connection last broke. */
    private long brokenAt;

    private Report.Probe probe = Report.Probe.NONE;
    private int completed;
    private long nanos;
    private int most;
    private int dropped;

    LoopPace(int cap, Link link, LongSupplier clock) {
        this.cap = cap;
        this.clock = clock;
        this.link = link;
    }

    void listen(Waiting newest) {
        listener = newest;
    }

    @Override
    public boolean open() {
        return pausedBy == null ? inFlight < quota && (!rated || tokens > 0) : mayProbe && inFlight < quota;
    }

    @Override
    public long started(int events) {
        inFlight++;
        sent++;
        most = Math.max(most, inFlight);
        if (rated && events > 1) {
            credit += events - 1;
            report();
        }
        if (mayProbe) {
            // The owner has paid its token.
            mayProbe = false;
            probing = true;
            return -sent;
        }
        if (rated) {
            tokens--;
        }
        return sent;
    }

    @Override
    public boolean timed() {
        return adaptive;
    }

    @Override
    public void ended(Call call, Outcome outcome, Ending ending, long number, long took) {
        inFlight--;
        if (outcome.fault() == Outcome.Fault.DEPLOYMENT) {
            fault(call.subject(), outcome, ending, Math.abs(number));
        } else if (ending == Ending.ANSWERED) {
            answered(outcome);
        }
        if (adaptive) {
            time(outcome, ending, took);
        }
        if (number < 0 && probing) {
            probing = false;
            if (outcome.fault() == Outcome.Fault.DEPLOYMENT) {
                probe = Report.Probe.FAILED;
                report();
            } else if (ending != Ending.ANSWERED) {
                probe = Report.Probe.UNUSED;
                report();
            }
        }
        if (Math.max(quota, inFlight) < toldHeld || inFlight + waiting <= toldDemand / 2 && toldDemand > 0) {
            report();
        }
        if (gone) {
            forgetIfIdle();
        }
    }

    /**
     * Counts evidence against the deployment, not calls: one call that fails again and again is its own fault, and a
     * connection that breaks takes many calls with it.
     */
    private void fault(Object subject, Outcome outcome, Ending ending, long number) {
        link.note(outcome);
        if (ending == Ending.BROKEN) {
            if (number <= brokenAt) {
                return;
            }
            brokenAt = sent;
        }
        for (int i = 0; i < faults; i++) {
            if (failing[i] == subject) {
                return;
            }
        }
        if (faults == MOST_FAILING) {
            return;
        }
        if (faults == failing.length) {
            failing = Arrays.copyOf(failing, faults * 2);
        }
        failing[faults++] = subject;
        doubt = true;
        reason = outcome.reason();
        report();
    }

    private void answered(Outcome outcome) {
        link.note(outcome);
        if (doubt || pausedBy != null) {
            clear();
            doubt = false;
            good = true;
            report();
        }
    }

    private void clear() {
        Arrays.fill(failing, 0, faults, null);
        faults = 0;
        toldFaults = 0;
        connects = 0;
    }

    private void time(Outcome outcome, Ending ending, long took) {
        if (ending == Ending.TIMED_OUT || ending == Ending.ANSWERED && refused(outcome)) {
            dropped++;
        } else if (outcome.kind() == Outcome.Kind.COMPLETED) {
            completed++;
            nanos += took;
        } else {
            return;
        }
        if (clock.getAsLong() - toldAt >= WINDOW_NANOS) {
            report();
        }
    }

    private static boolean refused(Outcome outcome) {
        if (outcome.kind() != Outcome.Kind.RETRY) {
            return false;
        }
        int status = outcome.response() == null ? 0 : outcome.response().status();
        return status == 429 || status == 503 || outcome.retryAfterMillis() > 0;
    }

    @Override
    public void unreachable(String why) {
        link.note(Outcome.retry(Outcome.Fault.DEPLOYMENT, why));
        connects++;
        doubt = true;
        reason = why;
        if (mayProbe) {
            mayProbe = false;
            probe = Report.Probe.FAILED;
        }
        report();
    }

    @Override
    public void waiting(int calls) {
        waiting = calls;
        boolean idle = calls == 0;
        if (idle ? mayProbe || tokens > 0 : pausedBy != null && toldDemand == 0) {
            report();
        } else if (!idle && pausedBy == null) {
            if (inFlight >= quota ? inFlight + calls > toldDemand : rated && wanted() > toldWanted) {
                report();
            }
        }
        if (toldDemand > 0 && inFlight + calls <= toldDemand / 2) {
            report();
        }
        if (gone) {
            forgetIfIdle();
        }
    }

    private int wanted() {
        return rated ? Math.max(0, Math.min(waiting, quota - inFlight) - tokens) : 0;
    }

    @Override
    public int cap() {
        return cap;
    }

    @Override
    public long retryAfterMillis() {
        return retryAfterMillis;
    }

    @Override
    public String pausedBy() {
        return pausedBy;
    }

    int inFlight() {
        return inFlight;
    }

    int quota() {
        return quota;
    }

    /** The owner's word. */
    void take(Order next) {
        order = next.number();
        cap = next.cap();
        quota = next.quota();
        rated = next.rated();
        tokens = rated ? tokens + next.tokens() : 0;
        adaptive = next.adaptive();
        boolean wasOver = retryAfterMillis >= 0;
        retryAfterMillis = next.retryAfterMillis();
        if (pausedBy != null && next.pausedBy() == null) {
            clear();
        }
        doubt |= next.doubt();
        pausedBy = next.pausedBy();
        mayProbe = pausedBy != null && (mayProbe || next.probe());
        gone = next.gone();
        if (next.probe()) {
            listener.probe();
        } else {
            listener.changed();
        }
        if (retryAfterMillis >= 0 && !wasOver) {
            listener.overRate(retryAfterMillis);
        }
        report();
        if (gone) {
            forgetIfIdle();
        }
    }

    private void forgetIfIdle() {
        if (inFlight == 0 && waiting == 0) {
            link.forget();
        }
    }

    private void report() {
        if (!scheduled) {
            scheduled = true;
            link.later(this::send);
        }
    }

    private void send() {
        scheduled = false;
        if (mayProbe && waiting == 0) {
            mayProbe = false;
            probe = Report.Probe.UNUSED;
        }
        // What was not used at once goes back: else it could be used later, on top of another burst.
        int back = tokens - credit;
        tokens = 0;
        credit = 0;
        toldAt = clock.getAsLong();
        toldHeld = Math.max(quota, inFlight);
        toldDemand = inFlight + waiting;
        toldWanted = wanted();
        Report report = new Report(
                order,
                toldHeld,
                toldDemand,
                toldWanted,
                back,
                good,
                faults - toldFaults,
                connects,
                reason,
                probe,
                completed,
                nanos,
                most,
                dropped);
        toldFaults = faults;
        good = false;
        connects = 0;
        probe = Report.Probe.NONE;
        completed = 0;
        nanos = 0;
        most = inFlight;
        dropped = 0;
        link.send(report);
    }
}
