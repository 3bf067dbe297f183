package dev.keyway.gateway.invoke;

import dev.keyway.admin.model.Deployment;

/**
 * What one event loop may send to one deployment now: its permits, its tokens of the rate, and whether the circuit is
 * closed. That loop only, unless a method says otherwise.
 */
public interface Pace {

    /** What waits for the pace to allow more. Called on the loop. */
    interface Waiting {
        /** More may be allowed now, or less. */
        void changed();

        /** One call may go out to see whether the deployment is back: at once, without a pause before connecting. */
        void probe();

        /** The rate is used up; what waits will wait at least so long. */
        void overRate(long retryAfterMillis);
    }

    /** The paces of one loop. */
    interface Source {
        /**
         * The pace towards a deployment, for as long as it is registered. The newest caller is told of changes.
         *
         * @param deployment its limits count until the registry says otherwise
         */
        Pace of(Deployment deployment, Waiting waiting);
    }

    /** What an ended call says about its deployment. */
    enum Ending {
        /** The whole answer came. */
        ANSWERED,
        /** No whole answer in time. */
        TIMED_OUT,
        /** The stream or its connection ended before the whole answer. */
        BROKEN,
        /** This instance ended it, or the peer did not take it: says nothing. */
        NOTHING
    }

    /** Whether one more call may be sent now. */
    boolean open();

    /**
     * Counts a call as sent, after {@link #open} said yes.
     *
     * @param events what it carries; beyond one it takes them from the rate on credit
     * @return its number, from 1 upwards in the order of sending; negative when it is a probe
     */
    long started(int events);

    /** Whether {@link #ended} wants to know how long calls take. */
    boolean timed();

    /**
     * A sent call has ended.
     *
     * @param number what {@link #started} said
     * @param nanos from sending to the end, 0 unless {@link #timed}
     */
    void ended(Call call, Outcome outcome, Ending ending, long number, long nanos);

    /** A connection could not be made, and there is no other one. */
    void unreachable(String reason);

    /** How many calls wait, told whenever that changed or a look at the pace has ended. */
    void waiting(int calls);

    /** The deployment's fixed bound of calls in flight. */
    int cap();

    /** How long a call that comes now has to wait for the rate at least, -1 when the rate is not used up. */
    long retryAfterMillis();

    /** Why nothing is sent, {@code null} while the circuit is closed. */
    String pausedBy();
}
