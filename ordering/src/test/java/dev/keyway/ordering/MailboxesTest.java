package dev.keyway.ordering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.keyway.ordering.MailboxesProperties.Item;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.ConcurrentModificationException;
import java.util.List;
import org.junit.jupiter.api.Test;

class MailboxesTest {
    private final Mailboxes<Item> mailboxes = new Mailboxes<>();

    private static byte[] key(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void sameKeyOfAnotherOwner_isAnotherMailbox() {
        assertThat(mailboxes.enqueue(1, key("a"), new Item(1))).isTrue();
        assertThat(mailboxes.enqueue(2, key("a"), new Item(2))).isTrue();
        assertThat(mailboxes.enqueue(1, key("a"), new Item(3))).isFalse();
        assertThat(mailboxes.size()).isEqualTo(2);
    }

    @Test
    void entryThatIsQueued_cannotBeQueuedAgain() {
        Item item = new Item(1);
        mailboxes.enqueue(1, key("a"), item);

        assertThatThrownBy(() -> mailboxes.enqueue(1, key("b"), item)).isInstanceOf(IllegalStateException.class);
        assertThat(mailboxes.entries()).isEqualTo(1);
    }

    @Test
    void onlyTheHead_canBeFinished_andOnlyOnce() {
        Item head = new Item(1);
        Item waiting = new Item(2);
        mailboxes.enqueue(1, key("a"), head);
        mailboxes.enqueue(1, key("a"), waiting);

        assertThatThrownBy(() -> mailboxes.finish(waiting)).isInstanceOf(IllegalStateException.class);
        assertThat(mailboxes.finish(head)).isSameAs(waiting);
        assertThatThrownBy(() -> mailboxes.finish(head)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void headOfAnotherLoop_cannotBeFinishedHere() {
        Item head = new Item(1);
        new Mailboxes<Item>().enqueue(1, key("a"), head);

        assertThatThrownBy(() -> mailboxes.finish(head)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void waitingEntriesMayBeRemoved_whileHeadsAreVisited_butNoMailboxMayEnd() {
        Item head = new Item(1);
        Item waiting = new Item(2);
        mailboxes.enqueue(1, key("a"), head);
        mailboxes.enqueue(1, key("a"), waiting);

        mailboxes.forEachHead(visited -> mailboxes.remove(mailboxes.next(visited)));
        assertThat(mailboxes.depth(head)).isEqualTo(1);

        assertThatThrownBy(() -> mailboxes.forEachHead(mailboxes::finish))
                .isInstanceOf(ConcurrentModificationException.class);
    }

    @Test
    void hundredThousandBusyKeys_drainInOrder_andTheNextRoundIsUnaffected() {
        List<Item> heads = new ArrayList<>();
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < 100_000; i++) {
                Item first = new Item(i);
                assertThat(mailboxes.enqueue(1, key("key-" + i), first)).isTrue();
                heads.add(first);
            }
            for (Item head : heads) {
                assertThat(mailboxes.finish(head)).isNull();
            }
            heads.clear();
            assertThat(mailboxes.size()).isZero();
        }
    }

    @Test
    void hashDependsOnOwnerKeyAndSeed_andSpreadsSimilarKeys() {
        KeyHash hash = new KeyHash(1, 2);

        assertThat(hash.of(1, key("abcdefgh"))).isEqualTo(new KeyHash(1, 2).of(1, key("abcdefgh")));
        assertThat(hash.of(1, key("abcdefgh"))).isNotEqualTo(hash.of(2, key("abcdefgh")));
        assertThat(hash.of(1, key(""))).isNotEqualTo(hash.of(1, new byte[1]));
        assertThat(new KeyHash(1, 3).of(1, key("abcdefgh"))).isNotEqualTo(hash.of(1, key("abcdefgh")));

        int[] buckets = new int[256];
        for (int i = 0; i < 256 * 100; i++) {
            buckets[hash.of(1, key("user-" + i)) & 255]++;
        }
        assertThat(Arrays.stream(buckets).boxed()).allMatch(count -> count > 50 && count < 150);
    }
}
